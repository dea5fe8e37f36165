//! Which refusals a call has follows from what it takes; this writes them into the description, so
//! that a handler names only those that are its own.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, openapi::OpenApi};

/// Writes what follows from a token, parameters and a body.
pub(super) struct Refusals;

impl Modify for Refusals {
    fn modify(&self, openapi: &mut OpenApi) {
        for item in openapi.paths.paths.values_mut() {
            for operation in operations(item) {
                describe(operation);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let methods = [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
    ];
    methods.into_iter().flatten()
}

fn describe(operation: &mut Operation) {
    let refusals = of(operation);
    let answers = &mut operation.responses.responses;
    for (status, why) in refusals {
        let answer = answers.entry(status.to_owned());
        let answer = answer.or_insert_with(|| RefOr::T(Response::new("")));
        if let RefOr::T(answer) = answer {
            let described = format!("{} {why}", answer.description);
            described.trim().clone_into(&mut answer.description);
        }
    }
    for (status, answer) in answers {
        if let RefOr::T(answer) = answer
            && !status.starts_with('2')
        {
            complete(answer, status);
        }
    }
}

/// Statuses and why they come.
fn of(operation: &Operation) -> Vec<(&'static str, &'static str)> {
    let has_body = operation.request_body.is_some();
    let mut refusals = vec![
        ("401", "No token, a wrong one, or one that has ended."),
        (
            "403",
            "The token lacks a permission, or `X-Tenant` is not its tenant.",
        ),
        ("429", "Too many calls: come again after `Retry-After`."),
        ("500", "Our fault; the log has it under `x-request-id`."),
    ];
    if takes(operation, &ParameterIn::Path) {
        refusals.push(("404", "No such thing, or another tenant's."));
    }
    if has_body || takes(operation, &ParameterIn::Query) {
        refusals.push(("422", "A field is wrong; `field` names it."));
    }
    if has_body {
        refusals.push(("400", "The body is not JSON."));
        refusals.push(("413", "The body is too large."));
        refusals.push(("415", "The body does not say that it is JSON."));
    }
    if takes(operation, &ParameterIn::Header) {
        let repeated = "`still_running`, `already_created` or `outcome_unknown`, where the \
            `Idempotency-Key` was used before.";
        refusals.push(("409", repeated));
    }
    refusals
}

fn takes(operation: &Operation, place: &ParameterIn) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .any(|parameter: &Parameter| parameter.parameter_in == *place)
}

/// Every refusal has the same body, and some have a header.
fn complete(response: &mut Response, status: &str) {
    let error = Ref::from_schema_name("Error");
    let built = ResponseBuilder::from(std::mem::take(response));
    let built = built.content("application/json", Content::new(Some(error)));
    let built = match status {
        "401" => built.header(
            "WWW-Authenticate",
            header(Type::String, "How to say who calls."),
        ),
        "429" => built.header("Retry-After", header(Type::Integer, "Seconds to wait.")),
        _ => built,
    };
    *response = built.build();
}

fn header(kind: Type, description: &str) -> Header {
    let schema = ObjectBuilder::new().schema_type(kind).build();
    HeaderBuilder::new()
        .schema(Some(schema))
        .description(Some(description))
        .build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};
    use utoipa::OpenApi as _;

    use crate::api::openapi::Description;

    fn statuses(description: &Value, path: &str, method: &str) -> BTreeSet<String> {
        let answers = &description["paths"][path][method]["responses"];
        let answers = answers.as_object().expect("answers");
        answers.keys().cloned().collect()
    }

    #[test]
    fn a_call_is_refused_for_what_it_takes() {
        let description = json!(Description::openapi());
        for (path, method, expected) in [
            ("/api/crypto/keys", "get", "200 401 403 429 500"),
            ("/api/mail", "get", "200 401 403 422 429 500"),
            ("/api/mail/{id}", "get", "200 401 403 404 429 500"),
            (
                "/api/license/validate",
                "post",
                "200 400 401 403 413 415 422 429 500",
            ),
            (
                "/api/token",
                "post",
                "201 400 401 403 409 413 415 422 429 500",
            ),
            (
                "/api/license/{key}/reinstate",
                "post",
                "200 401 403 404 409 429 500",
            ),
        ] {
            let expected = expected.split(' ').map(str::to_owned).collect();
            let found = statuses(&description, path, method);
            assert_eq!(found, expected, "{method} {path}");
        }
    }

    #[test]
    fn every_refusal_has_the_body_of_refusals_and_429_says_when_to_come_again() {
        let description = json!(Description::openapi());
        let paths = description["paths"].as_object().expect("paths");
        let methods = paths.values().filter_map(Value::as_object);
        let mut seen = 0;
        for operation in methods.flat_map(|methods| methods.values()) {
            let answers = operation["responses"].as_object().expect("answers");
            for (status, answer) in answers
                .iter()
                .filter(|(status, _)| !status.starts_with('2'))
            {
                seen += 1;
                let schema = &answer["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Error", "{status}: {answer}");
                let waits = answer["headers"]["Retry-After"].is_object();
                assert_eq!(waits, status == "429", "{status}: {answer}");
            }
        }
        assert!(seen > 200, "{seen}");
    }
}
