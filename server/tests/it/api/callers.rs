//! Who may call: tokens, permissions, and the tenant that a caller names.

use reqwest::Method;
use serde_json::json;

use super::stage::{Stage, send, wrong_tokens};

#[tokio::test]
async fn without_a_valid_token_nothing_is_told() {
    let stage = Stage::start().await;
    let other = stage.token_with("manage").await;
    let wrong = wrong_tokens(&stage.token, &other).into_iter();
    let mut authorizations: Vec<_> = wrong.map(|token| format!("ExisOneApi {token}")).collect();
    let without = ["", "ExisOneApi", "Basic dTpw", &stage.token];
    authorizations.extend(without.map(str::to_owned));
    for authorization in authorizations {
        let request = stage
            .anonymous(Method::GET, "/api/product/")
            .header("Authorization", &authorization);
        let reply = send(request).await;
        assert_eq!(reply.refusal().0, 401, "{authorization}");
        assert_eq!(reply.refusal().1, "unauthorized");
        assert!(reply.headers.contains_key("www-authenticate"));
        assert!(reply.headers.contains_key("x-request-id"));
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_call_without_a_token_is_refused_before_its_body_is_read() {
    let stage = Stage::start().await;
    let request = stage.anonymous(Method::POST, "/api/product/").body("x");
    assert_eq!(send(request).await.status, 401);
    stage.stop().await;
}

#[tokio::test]
async fn both_schemes_are_taken() {
    let stage = Stage::start().await;
    for scheme in ["ExisOneApi", "Bearer", "bearer"] {
        let request = stage
            .anonymous(Method::GET, "/api/plan")
            .header("Authorization", format!("{scheme} {}", stage.token));
        assert_eq!(send(request).await.status, 200, "{scheme}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_named_tenant_must_be_the_tokens_own() {
    let stage = Stage::start().await;
    let own = stage.tenant.to_string();
    for (tenant, status) in [(own.as_str(), 200), ("999", 403), ("acme", 403)] {
        let request = stage
            .request(Method::GET, "/api/plan")
            .header("X-Tenant", tenant);
        assert_eq!(send(request).await.status, status, "{tenant}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_token_in_a_customers_program_lists_nothing() {
    let mut stage = Stage::start().await;
    stage.token = stage.token_with("verify").await;
    for path in [
        "/api/product/",
        "/api/plan",
        "/api/license/",
        "/api/stripe/apps",
        "/api/stripe/events",
        "/api/stripe/diagnostics",
        "/api/stripe/review",
        "/api/mail",
        "/api/token",
        "/api/tenant-key",
        "/api/dashboard",
        "/api/change",
    ] {
        assert_eq!(stage.get(path).await.refusal().0, 403, "{path}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_generating_token_reads_but_changes_nothing() {
    let mut stage = Stage::start().await;
    stage.token = stage.token_with("generate").await;
    for path in [
        "/api/product/",
        "/api/license/",
        "/api/stripe/events",
        "/api/stripe/diagnostics",
    ] {
        assert_eq!(stage.get(path).await.status, 200, "{path}");
    }
    for (path, body) in [
        ("/api/product/", json!({ "name": "Atlas" })),
        ("/api/plan", json!({ "name": "Year", "durationDays": 365 })),
        ("/api/stripe/apps", json!({ "name": "Store" })),
        ("/api/tenant-key", json!({})),
        (
            "/api/token",
            json!({ "name": "x", "permissions": ["verify"] }),
        ),
    ] {
        let (status, code, _) = stage.post(path, &body).await.refusal();
        assert_eq!((status, code.as_str()), (403, "forbidden"), "{path}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_refused_as_json() {
    let stage = Stage::start().await;
    for path in [
        "/api",
        "/api/nothing",
        "/api/product/1/x",
        "/api/product/abc",
        "/api/mail/1",
    ] {
        let reply = stage.get(path).await;
        assert_eq!(
            (reply.refusal().0, reply.refusal().1.as_str()),
            (404, "not_found"),
            "{path}"
        );
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
    }
    for path in [
        "/api/product/",
        "/api/stripe/events",
        "/api/license",
        "/api/stripe/webhook",
    ] {
        let reply = stage.delete(path).await;
        let (status, code, _) = reply.refusal();
        assert_eq!(
            (status, code.as_str()),
            (405, "method_not_allowed"),
            "{path}"
        );
        assert!(reply.headers.contains_key("allow"));
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
    }
    stage.stop().await;
}
