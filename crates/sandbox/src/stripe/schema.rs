//! Checks a request's parameters against Stripe's published request schemas, and types them.
//!
//! `requests.json` holds, for each route, the parameters' names and types as Stripe's `OpenAPI`
//! document gives them (a `!` marks a required one), and nothing else of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::error::StripeError;

static REQUESTS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("requests.json")).expect("the schemas are well-formed JSON")
});

/// The typed parameters of a call, or Stripe's refusal. A route without a schema takes anything.
pub(crate) fn check(route: &str, given: &Value) -> Result<Value, StripeError> {
    match REQUESTS.get(route) {
        Some(schema) => check_value(schema, given, ""),
        None => Ok(listed(given)),
    }
}

fn check_value(schema: &Value, given: &Value, path: &str) -> Result<Value, StripeError> {
    match schema {
        Value::String(word) => check_plain(word, given, path),
        Value::Array(items) => check_list(&items[0], given, path),
        Value::Object(choice) if choice.contains_key("or") => {
            let which = usize::from(!given.is_object());
            check_value(&choice["or"][which], given, path)
        }
        Value::Object(fields) => check_object(fields, given, path),
        _ => Ok(listed(given)),
    }
}

fn check_object(
    fields: &Map<String, Value>,
    given: &Value,
    path: &str,
) -> Result<Value, StripeError> {
    let Some(map) = given.as_object() else {
        return empty_or(given, &format!("Invalid object: {path}"), path);
    };
    let mut typed = Map::new();
    for (name, value) in map {
        let inner = join(path, name);
        let schema = fields.get(name).or_else(|| fields.get(&format!("{name}!")));
        let Some(schema) = schema else {
            return Err(StripeError::unknown_parameter(&inner));
        };
        let checked = check_value(schema, value, &inner)?;
        typed.insert(name.clone(), checked);
    }
    for required in fields.keys().filter_map(|field| field.strip_suffix('!')) {
        match typed.get(required) {
            None => return Err(StripeError::missing_parameter(&join(path, required))),
            Some(Value::Null) => return Err(cannot_be_unset(&join(path, required))),
            Some(_) => {}
        }
    }
    Ok(Value::Object(typed))
}

fn check_list(item: &Value, given: &Value, path: &str) -> Result<Value, StripeError> {
    let Some(map) = given.as_object() else {
        return empty_or(given, "Invalid array", path);
    };
    let mut positions: Vec<(usize, &Value)> = Vec::new();
    for (key, value) in map {
        let position = key
            .parse()
            .map_err(|_| StripeError::invalid("Invalid array").param(path))?;
        positions.push((position, value));
    }
    positions.sort_by_key(|(position, _)| *position);
    let items: Result<Vec<Value>, StripeError> = positions
        .into_iter()
        .map(|(position, value)| check_value(item, value, &format!("{path}[{position}]")))
        .collect();
    Ok(Value::Array(items?))
}

fn check_plain(word: &str, given: &Value, path: &str) -> Result<Value, StripeError> {
    let (kind, allowed) = word.split_once(' ').unwrap_or((word, ""));
    match kind {
        "map" => return check_map(given, path),
        "any" | "object" => return Ok(listed(given)),
        _ => {}
    }
    let Some(text) = given.as_str() else {
        let message = format!("Invalid {kind}: {}", listed(given));
        return Err(StripeError::invalid(&message).param(path));
    };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let wrong = |code: &str| {
        StripeError::invalid(&format!("Invalid {kind}: {text}"))
            .code(code)
            .param(path)
    };
    match kind {
        "integer" => text
            .parse::<i64>()
            .map(|number| json!(number))
            .map_err(|_| wrong("parameter_invalid_integer")),
        "number" => text
            .parse::<f64>()
            .map(|number| json!(number))
            .map_err(|_| wrong("parameter_invalid_number")),
        "boolean" => match text {
            "true" | "1" => Ok(json!(true)),
            "false" | "0" => Ok(json!(false)),
            _ => Err(wrong("parameter_invalid_boolean")),
        },
        _ if allowed.is_empty() || allowed.split('|').any(|one| one == text) => Ok(json!(text)),
        _ => Err(not_one_of(allowed, path)),
    }
}

fn not_one_of(allowed: &str, path: &str) -> StripeError {
    let mut words: Vec<&str> = allowed.split('|').collect();
    let last = words.pop().unwrap_or_default();
    let message = if words.is_empty() {
        format!("Invalid {path}: must be {last}")
    } else {
        format!(
            "Invalid {path}: must be one of {}, or {last}",
            words.join(", ")
        )
    };
    StripeError::invalid(&message).param(path)
}

/// Metadata and its like: texts by name, within Stripe's limits.
fn check_map(given: &Value, path: &str) -> Result<Value, StripeError> {
    let Some(map) = given.as_object() else {
        return empty_or(given, "Invalid object", path);
    };
    if map.len() > 50 {
        let message = format!("You can have up to 50 keys in {path}.");
        return Err(StripeError::invalid(&message).param(path));
    }
    for (name, value) in map {
        let inner = join(path, name);
        let Some(text) = value.as_str() else {
            let message = "Metadata values must be strings, but you passed in a hash.";
            return Err(StripeError::invalid(message).param(&inner));
        };
        if name.chars().count() > 40 {
            let message =
                format!("Metadata keys must be less than 40 characters. Invalid key: {name}");
            return Err(StripeError::invalid(&message).param(path));
        }
        let length = text.chars().count();
        if length > 500 {
            let message = format!(
                "Metadata values must be less than 500 characters, but you passed in a value that is {length} characters long. Invalid value: {text}"
            );
            return Err(StripeError::invalid(&message).param(&inner));
        }
    }
    Ok(given.clone())
}

/// An empty text unsets; any other text is not what was asked for.
fn empty_or(given: &Value, message: &str, path: &str) -> Result<Value, StripeError> {
    if given.as_str() == Some("") {
        return Ok(Value::Null);
    }
    Err(StripeError::invalid(message).param(path))
}

fn cannot_be_unset(param: &str) -> StripeError {
    let message = format!(
        "You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; however '{param}' cannot be unset. You should remove '{param}' from your request or supply a non-empty value."
    );
    StripeError::invalid(&message)
        .code("parameter_invalid_empty")
        .param(param)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}[{name}]")
    }
}

/// A tree without schema: maps by position become lists.
fn listed(given: &Value) -> Value {
    let Some(map) = given.as_object() else {
        return given.clone();
    };
    let is_list = !map.is_empty() && (0..map.len()).all(|at| map.contains_key(&at.to_string()));
    if is_list {
        return (0..map.len())
            .map(|at| listed(&map[&at.to_string()]))
            .collect();
    }
    let fields = map
        .iter()
        .map(|(name, value)| (name.clone(), listed(value)));
    Value::Object(fields.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stripe::form;

    fn refused(route: &str, text: &str) -> Value {
        let error = check(route, &form::parse(text)).expect_err("a refusal");
        error.envelope("req_1")["error"].clone()
    }

    #[test]
    fn parameters_are_typed_by_the_schema() {
        let text = "mode=payment&line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=500&line_items[0][quantity]=3&expand[]=line_items&metadata[productId]=7";
        let typed = check("POST /v1/checkout/sessions", &form::parse(text)).expect("accepted");
        assert_eq!(
            typed["line_items"],
            json!([{"price_data": {"currency": "eur", "unit_amount": 500}, "quantity": 3}])
        );
        assert_eq!(typed["expand"], json!(["line_items"]));
        assert_eq!(typed["metadata"], json!({"productId": "7"}));
    }

    #[test]
    fn a_wrong_parameter_is_named_as_stripe_names_it() {
        let sessions = "POST /v1/checkout/sessions";
        for (text, code, param) in [
            ("colour=red", "parameter_unknown", "colour"),
            (
                "line_items[0][colour]=red",
                "parameter_unknown",
                "line_items[0][colour]",
            ),
            (
                "line_items[0][price_data][unit_amount]=5",
                "parameter_missing",
                "line_items[0][price_data][currency]",
            ),
            (
                "line_items[0][quantity]=x",
                "parameter_invalid_integer",
                "line_items[0][quantity]",
            ),
            (
                "allow_promotion_codes=maybe",
                "parameter_invalid_boolean",
                "allow_promotion_codes",
            ),
        ] {
            let error = refused(sessions, text);
            assert_eq!(error["code"], code, "{text}");
            assert_eq!(error["param"], param, "{text}");
        }
        assert_eq!(
            refused(sessions, "mode=gift")["message"],
            "Invalid mode: must be one of payment, setup, or subscription"
        );
        assert_eq!(
            refused("POST /v1/products", "name=")["code"],
            "parameter_invalid_empty"
        );
    }

    #[test]
    fn metadata_has_stripes_limits() {
        let long = "x".repeat(501);
        let error = refused("POST /v1/products", &format!("name=a&metadata[k]={long}"));
        assert_eq!(error["param"], "metadata[k]");
        let name = "k".repeat(41);
        let error = refused("POST /v1/products", &format!("name=a&metadata[{name}]=v"));
        assert_eq!(error["param"], "metadata");
    }
}
