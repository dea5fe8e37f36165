//! Access tokens and tenant keys by the JSON API.

use reqwest::Method;
use serde_json::json;

use super::stage::{SIGNING_SECRET, Stage, paid, send};

#[tokio::test]
async fn a_token_is_shown_once_works_and_ends_when_it_is_revoked() {
    let mut stage = Stage::start().await;
    let body = json!({ "name": "Build", "permissions": ["generate"] });
    let post = |key: &str| {
        let request = stage.request(Method::POST, "/api/token");
        send(request.header("Idempotency-Key", key).json(&body))
    };
    let made = post("once").await;
    assert_eq!(made.status, 201);
    assert_eq!(post("once").await.refusal().1, "already_created");
    let token = made.json()["token"].as_str().expect("a token").to_owned();
    let listed = stage.get("/api/token").await;
    let secret = token.rsplit('_').next().expect("a secret half");
    assert!(!listed.text.contains(secret));
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let listed = listed.json();
    let line = listed
        .as_array()
        .expect("a list")
        .iter()
        .find(|line| line["id"] == id.as_str());
    let line = line.expect("is listed");
    assert_eq!(
        (&line["name"], &line["permissions"]),
        (&json!("Build"), &json!(["generate"]))
    );

    let admin = std::mem::replace(&mut stage.token, token.clone());
    assert_eq!(stage.get("/api/product/").await.status, 200);
    let revoked = std::mem::replace(&mut stage.token, admin);
    assert_eq!(stage.delete(&format!("/api/token/{id}")).await.status, 204);
    stage.token = revoked;
    assert_eq!(stage.get("/api/product/").await.status, 401);
    stage.stop().await;
}

#[tokio::test]
async fn a_wrong_wish_for_a_token_names_its_field() {
    let stage = Stage::start().await;
    for (body, field) in [
        (json!({ "permissions": ["verify"] }), "name"),
        (json!({ "name": " ", "permissions": ["verify"] }), "name"),
        (json!({ "name": "x" }), "permissions"),
        (json!({ "name": "x", "permissions": [] }), "permissions"),
        (
            json!({ "name": "x", "permissions": ["fly"] }),
            "permissions",
        ),
        (
            json!({ "name": "x", "permissions": ["verify"], "expiresAt": "soon" }),
            "expiresAt",
        ),
        (
            json!({ "name": "x", "permissions": ["verify"], "expiresAt": "2020-01-01T00:00:00Z" }),
            "expiresAt",
        ),
    ] {
        let (status, _, named) = stage.post("/api/token", &body).await.refusal();
        assert_eq!((status, named.as_str()), (422, field), "{body}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn after_a_new_tenant_key_nothing_must_be_typed_again() {
    let stage = Stage::start().await;
    let (_, webhook) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    stage
        .deliver(&webhook, &paid(1, &product["id"]), SIGNING_SECRET)
        .await;
    let before = stage.read("/api/license/").await;
    assert_eq!(
        stage.make("/api/tenant-key", &json!({})).await,
        json!({ "version": 2 })
    );
    let keys = stage.read("/api/tenant-key/").await;
    assert_eq!(
        (&keys[0]["state"], &keys[1]["state"]),
        (&json!("active"), &json!("retired"))
    );
    assert_eq!(stage.read("/api/license/").await, before);
    stage
        .deliver(&webhook, &paid(2, &product["id"]), SIGNING_SECRET)
        .await;
    assert_eq!(
        stage.read("/api/license/").await.as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(
        stage.read("/api/stripe/diagnostics").await[0]["Status"],
        "Ready"
    );
    stage.stop().await;
}
