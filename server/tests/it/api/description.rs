//! The description at `/api/openapi.json`, the guide for people and the routes are the same.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Stage, send};

/// A path of the description with something in place of its parameters.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.starts_with('{') {
            "00000000-0000-7000-8000-000000000000"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_described_call_exists_with_and_without_a_slash_and_wants_a_token() {
    let stage = Stage::start().await;
    let reply = send(stage.anonymous(Method::GET, "/api/openapi.json")).await;
    assert_eq!(reply.status, 200);
    let description = reply.json();
    let paths = description["paths"].as_object().expect("paths");
    assert!(paths.len() > 20, "{}", paths.len());
    for (path, methods) in paths {
        for method in methods.as_object().expect("methods").keys() {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            let path = filled(path.trim_end_matches('/'));
            for path in [path.clone(), format!("{path}/")] {
                let reply = send(stage.anonymous(method.clone(), &path)).await;
                assert_eq!(reply.refusal().0, 401, "{method} {path}");
            }
        }
    }
    stage.stop().await;
}

#[tokio::test]
async fn every_reference_of_the_description_can_be_followed() {
    let stage = Stage::start().await;
    let description = stage.read("/api/openapi.json").await;
    let mut references = Vec::new();
    collect(&description, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
    let schemes = &description["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["type"], json!("http"));
    stage.stop().await;
}

/// Calls as `METHOD /path`, as the description has them, and the one that answers it.
fn described(description: &Value) -> BTreeSet<String> {
    let mut calls = BTreeSet::from(["GET /api/openapi.json".to_owned()]);
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            let path = path.trim_end_matches('/');
            calls.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    calls
}

#[tokio::test]
async fn every_registered_route_is_described_with_each_of_its_methods_and_no_other_is() {
    let stage = Stage::start().await;
    let mut registered = BTreeSet::new();
    for path in server::api::paths() {
        // No route takes it, and the refusal lists what the route does take.
        let reply = send(stage.anonymous(Method::TRACE, &filled(path))).await;
        assert_eq!(reply.refusal().0, 405, "{path}");
        let allowed = reply.headers["allow"].to_str().expect("a list");
        // Who takes GET takes HEAD by itself.
        for method in allowed.split(',').filter(|method| *method != "HEAD") {
            registered.insert(format!("{method} {path}"));
        }
    }
    let description = stage.read("/api/openapi.json").await;
    assert_eq!(registered, described(&description));
    stage.stop().await;
}

fn takes_header(operation: &Value, name: &str) -> bool {
    let parameters = operation["parameters"].as_array();
    let mut parameters = parameters.into_iter().flatten();
    parameters.any(|parameter| parameter["in"] == "header" && parameter["name"] == name)
}

#[tokio::test]
async fn every_call_that_creates_says_that_it_takes_an_idempotency_key_and_who_says_so_does() {
    let stage = Stage::start().await;
    let description = stage.read("/api/openapi.json").await;
    let mut taken = 0;
    for (path, methods) in description["paths"].as_object().expect("paths") {
        let operation = &methods["post"];
        if !takes_header(operation, "Idempotency-Key") {
            let creates = operation["responses"]["201"].is_object();
            assert!(!creates, "{path}");
            continue;
        }
        taken += 1;
        let path = match path.strip_prefix("/api/product/{id}") {
            Some(rest) => format!("/api/product/1{rest}"),
            None => filled(path),
        };
        let request = stage.request(Method::POST, &path).json(&json!({}));
        // Whoever takes the header reads it before the body, and this is no text.
        let refused = send(request.header("Idempotency-Key", &b"\xff"[..])).await;
        let (status, _, field) = refused.refusal();
        assert_eq!(
            (status, field.as_str()),
            (422, "Idempotency-Key"),
            "{path}: {}",
            refused.text
        );
    }
    assert!(taken > 12, "{taken}");
    stage.stop().await;
}

/// Calls as `METHOD /path`, as the guide names them between backticks.
fn named(guide: &str) -> BTreeSet<String> {
    let spans = guide.split('`').skip(1).step_by(2);
    let calls = spans.filter_map(|span| span.split_once(' '));
    calls
        .filter(|(method, path)| {
            ["GET", "POST", "PUT", "DELETE"].contains(method) && path.starts_with("/api/")
        })
        .map(|(method, path)| format!("{method} {}", path.trim_end_matches('/')))
        .collect()
}

#[tokio::test]
async fn the_guide_names_every_described_call_and_no_other() {
    let guide = include_str!("../../../../docs/api.md").replace("```", "");
    let stage = Stage::start().await;
    let description = stage.read("/api/openapi.json").await;
    assert_eq!(named(&guide), described(&description));
    stage.stop().await;
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if name == "$ref" => references.push(text.to_owned()),
                    _ => collect(value, references),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
