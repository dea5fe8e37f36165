//! Calls sent again with the same `Idempotency-Key`: one answer, and one thing is made.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Stage, send};

/// Sends a call twice with one key; answers what both say.
async fn said_twice(stage: &Stage, path: &str, (status, body): (u16, &Value)) -> Value {
    let call = || {
        let request = stage.request(Method::POST, path);
        send(request.header("Idempotency-Key", path).json(body))
    };
    let (first, again) = (call().await, call().await);
    assert_eq!(first.status, status, "{path}: {}", first.text);
    assert_eq!(again.status, status, "{path}: {}", again.text);
    assert_eq!(first.text, again.text, "{path}");
    assert_eq!(first.headers["content-type"], again.headers["content-type"]);
    first.json()
}

async fn with_product() -> Stage {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "defaultLicenseDays": 30 });
    stage.make("/api/product/", &product).await;
    stage
}

#[tokio::test]
async fn a_ticket_whose_answer_was_lost_is_not_taken_twice() {
    let stage = with_product().await;
    let ticket = json!({ "productName": "Atlas", "email": "ann@example.com", "subject": "Matter",
        "message": "It does not start." });
    let taken = said_twice(&stage, "/api/support/ticket", (200, &ticket)).await;
    let listed = stage.read("/api/support/ticket").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["items"][0]["id"], taken["id"]);
    stage.stop().await;
}

#[tokio::test]
async fn an_offline_code_whose_answer_was_lost_is_not_made_twice() {
    let stage = with_product().await;
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let key = stage.post("/api/activationkey/generate", &wish).await.text;
    let device = json!({ "hardwareId": "AB12" });
    let path = format!("/api/license/{key}/offline-code");
    let made = said_twice(&stage, &path, (200, &device)).await;
    assert!(made["offlineCode"].is_string(), "{made}");
    let history = stage.read(&format!("/api/license/{key}/history")).await;
    let lines = history.as_array().expect("a list").iter();
    let codes = lines.filter(|line| line["action"] == "offline_code_made");
    assert_eq!(codes.count(), 1, "{history}");
    stage.stop().await;
}

#[tokio::test]
async fn a_pair_whose_answer_was_lost_is_not_made_twice() {
    let stage = with_product().await;
    let made = said_twice(&stage, "/api/crypto/keys", (201, &json!({}))).await;
    assert_eq!(made["version"], 2);
    let keys = stage.read("/api/crypto/keys").await;
    assert_eq!(keys.as_array().map(Vec::len), Some(2), "{keys}");
    assert_eq!(keys[0], made);
    stage.stop().await;
}
