//! Who may call what: every call of /api/openapi.json with every kind of token. A call that has no row
//! here makes the test fail.

use domain::timestamp::Timestamp;
use engine::Actor;
use engine::ports::Clock as _;
use engine::tokens::create::{self, NewToken};
use engine::tokens::{list, revoke};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use server::outbound::clock::SystemClock;

use super::stage::{Reply, Stage, new_tenant, new_token, send, wrong_tokens};
use crate::harness::eventually;

const PERMISSIONS: [&str; 4] = ["verify", "generate", "email", "manage"];

/// Which single permission suffices.
const ANY: &[&str] = &PERMISSIONS;
const READ: &[&str] = &["generate", "manage"];
const VERIFY: &[&str] = &["verify"];
const GENERATE: &[&str] = &["generate"];
const EMAIL: &[&str] = &["email"];
const MANAGE: &[&str] = &["manage"];
const NO_SINGLE_ONE: &[&str] = &[];

const ROWS: [(&str, &[&str]); 66] = [
    ("POST /api/activationkey/generate", GENERATE),
    ("GET /api/change", READ),
    ("GET /api/crypto/keys", ANY),
    ("POST /api/crypto/keys", MANAGE),
    ("GET /api/crypto/keys/public", ANY),
    ("GET /api/dashboard", READ),
    ("GET /api/device", READ),
    ("GET /api/device/{productId}/{hardwareId}", READ),
    ("PUT /api/device/{productId}/{hardwareId}", MANAGE),
    ("GET /api/license/", READ),
    ("POST /api/license/activate", ANY),
    ("POST /api/license/deactivate", ANY),
    ("GET /api/license/device-history/{hardwareId}", READ),
    ("GET /api/license/export.csv", READ),
    ("POST /api/license/features/csv", ANY),
    ("POST /api/license/validate", VERIFY),
    ("GET /api/license/{key}", READ),
    ("PUT /api/license/{key}", MANAGE),
    ("GET /api/license/{key}/devices", READ),
    ("POST /api/license/{key}/extend", MANAGE),
    ("GET /api/license/{key}/history", READ),
    ("POST /api/license/{key}/offline-code", GENERATE),
    ("POST /api/license/{key}/reinstate", MANAGE),
    ("POST /api/license/{key}/resend", MANAGE),
    ("POST /api/license/{key}/revoke", MANAGE),
    ("POST /api/license/{key}/suspend", MANAGE),
    ("GET /api/license/{key}/usage", ANY),
    ("GET /api/mail", READ),
    ("GET /api/mail/{id}", READ),
    ("PUT /api/mail/{id}", NO_SINGLE_ONE),
    ("POST /api/mail/{id}/resend", NO_SINGLE_ONE),
    ("GET /api/plan", READ),
    ("POST /api/plan", MANAGE),
    ("GET /api/product/", READ),
    ("POST /api/product/", MANAGE),
    ("POST /api/product/preview-template", READ),
    ("DELETE /api/product/{id}", MANAGE),
    ("GET /api/product/{id}", READ),
    ("PUT /api/product/{id}", MANAGE),
    ("POST /api/product/{id}/test-mail", MANAGE),
    ("GET /api/settings", READ),
    ("PUT /api/settings", MANAGE),
    ("POST /api/settings/test-mail", MANAGE),
    ("GET /api/stripe/apps", READ),
    ("POST /api/stripe/apps", MANAGE),
    ("DELETE /api/stripe/apps/{id}", MANAGE),
    ("GET /api/stripe/apps/{id}", READ),
    ("PUT /api/stripe/apps/{id}", MANAGE),
    ("POST /api/stripe/apps/{id}/check", MANAGE),
    ("POST /api/stripe/checkout/session", GENERATE),
    ("GET /api/stripe/diagnostics", READ),
    ("GET /api/stripe/events", READ),
    ("GET /api/stripe/events/{id}", READ),
    ("POST /api/stripe/events/{id}/replay", MANAGE),
    ("GET /api/stripe/orders/{id}", READ),
    ("PUT /api/stripe/orders/{id}", NO_SINGLE_ONE),
    ("GET /api/stripe/review", READ),
    ("POST /api/stripe/review/{order}/dismiss", MANAGE),
    ("POST /api/stripe/review/{order}/issue", MANAGE),
    ("GET /api/support/ticket", READ),
    ("POST /api/support/ticket", EMAIL),
    ("GET /api/tenant-key", READ),
    ("POST /api/tenant-key", MANAGE),
    ("GET /api/token", MANAGE),
    ("POST /api/token", MANAGE),
    ("DELETE /api/token/{id}", MANAGE),
];

/// Something that every body can be read from.
fn body(key: &str) -> Value {
    json!({ "name": "Matrix", "permissions": ["manage"], "email": "ann@example.com",
        "recipient": "ann@example.com", "hardwareId": "AB12", "productId": 999, "quantity": 1,
        "productName": "None", "activationKey": key, "licenseKey": key, "days": 1,
        "durationDays": 1, "subject": "Matter", "message": "It does not start.",
        "body": "{{ActivationKey}}", "emailSubject": "Key", "emailTemplate": "{{ActivationKey}}" })
}

/// The path with something in place of its parameters: the key is one that exists.
fn filled(path: &str, key: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{key}" => key,
        "{hardwareId}" => "AB12",
        "{productId}" => "999",
        "{id}" if path.starts_with("/api/product/") => "999",
        part if part.starts_with('{') => "00000000-0000-7000-8000-000000000000",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

struct Matrix {
    stage: Stage,
    key: String,
}

impl Matrix {
    async fn start() -> Self {
        let stage = Stage::start().await;
        let product = json!({ "name": "Atlas", "maxSeats": 50 });
        stage.make("/api/product/", &product).await;
        let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
        let key = stage.post("/api/activationkey/generate", &wish).await.text;
        Self { stage, key }
    }

    async fn call(&self, row: &str, headers: &[(&str, &str)]) -> Reply {
        let (method, path) = row.split_once(' ').expect("a method and a path");
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let has_body = matches!(method, Method::POST | Method::PUT);
        let path = filled(path, &self.key);
        let mut request = self.stage.anonymous(method, &path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if has_body {
            request = request.json(&body(&self.key));
        }
        send(request).await
    }

    async fn call_with(&self, row: &str, token: &str) -> Reply {
        let authorization = format!("ExisOneApi {token}");
        self.call(row, &[("Authorization", &authorization)]).await
    }

    /// A token that was good and is not any more.
    async fn revoked(&self) -> String {
        let (engine, actor) = (&self.stage.engine, Actor::system(self.stage.tenant));
        let token = self.stage.token_with("verify,generate,email,manage").await;
        let all = list::execute(engine, &actor).await.expect("lists");
        let newest = all.iter().find(|view| token.starts_with(&view.begins_with));
        let id = newest.expect("is listed").id;
        revoke::execute(engine, &actor, id)
            .await
            .expect("is revoked");
        token
    }

    async fn expired(&self) -> String {
        let new = NewToken {
            name: "Short".into(),
            permissions: "manage".parse().expect("a word"),
            expires_at: Some(soon()),
        };
        let actor = Actor::system(self.stage.tenant);
        let made = create::execute(&self.stage.engine, &actor, &new).await;
        let token = made.expect("is made").token.expose_secret().to_owned();
        eventually("the token expires", async || {
            self.call_with("GET /api/plan", &token).await.status == 401
        })
        .await;
        token
    }
}

fn soon() -> Timestamp {
    SystemClock.now().plus_millis(300)
}

#[tokio::test]
async fn every_call_that_is_described_has_a_row() {
    let stage = Stage::start().await;
    let description = stage.read("/api/openapi.json").await;
    let mut described = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            described.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    described.sort_unstable();
    let mut rows: Vec<_> = ROWS.iter().map(|(row, _)| (*row).to_owned()).collect();
    rows.sort_unstable();
    assert_eq!(described, rows);
    stage.stop().await;
}

#[tokio::test]
async fn without_a_good_token_every_call_is_401_and_with_another_tenants_name_403() {
    let matrix = Matrix::start().await;
    let (revoked, expired) = (matrix.revoked().await, matrix.expired().await);
    let own = matrix.stage.token.clone();
    let other = matrix.stage.token_with("manage").await;
    let mut wrong = wrong_tokens(&own, &other);
    wrong.extend([revoked, expired]);
    for (row, _) in ROWS {
        assert_eq!(matrix.call(row, &[]).await.refusal().0, 401, "{row}, none");
        for token in &wrong {
            let (status, code, _) = matrix.call_with(row, token).await.refusal();
            assert_eq!(
                (status, code.as_str()),
                (401, "unauthorized"),
                "{row}, {token}"
            );
        }
        let authorization = format!("ExisOneApi {own}");
        let headers = [
            ("Authorization", authorization.as_str()),
            ("X-Tenant", "999"),
        ];
        assert_eq!(
            matrix.call(row, &headers).await.refusal().0,
            403,
            "{row}, X-Tenant"
        );
    }
    matrix.stage.stop().await;
}

#[tokio::test]
async fn each_permission_opens_its_calls_and_no_other() {
    let matrix = Matrix::start().await;
    let mut wrong = Vec::new();
    for permission in PERMISSIONS {
        let token = matrix.stage.token_with(permission).await;
        for (row, sufficing) in ROWS {
            let reply = matrix.call_with(row, &token).await;
            let is_refused = reply.status == 403 && reply.refusal().1 == "forbidden";
            let is_strange = reply.status == 401 || reply.status >= 500;
            if is_strange || is_refused == sufficing.contains(&permission) {
                wrong.push(format!(
                    "{permission}: {row}: {} {}",
                    reply.status, reply.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    matrix.stage.stop().await;
}

#[tokio::test]
async fn another_tenants_key_is_no_key() {
    let matrix = Matrix::start().await;
    let blue = new_tenant(&matrix.stage.engine, "Blue").await;
    let token = new_token(&matrix.stage.engine, blue, "verify,generate,email,manage").await;
    let with_key = ROWS.iter().filter(|(row, _)| row.contains("{key}"));
    for (row, _) in with_key {
        let reply = matrix.call_with(row, &token).await;
        assert_eq!(reply.refusal().0, 404, "{row}: {}", reply.text);
    }
    for row in [
        "POST /api/license/activate",
        "POST /api/license/deactivate",
        "POST /api/license/features/csv",
    ] {
        let (status, code, _) = matrix.call_with(row, &token).await.refusal();
        assert_eq!((status, code.as_str()), (404, "invalid_key"), "{row}");
    }
    let judged = matrix.call_with("POST /api/license/validate", &token).await;
    assert_eq!(judged.json()["code"], "not_found");
    matrix.stage.stop().await;
}
