//! The description at `/api/openapi.json` and the routes are the same.

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
