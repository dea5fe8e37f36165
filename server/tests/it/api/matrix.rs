//! Who may call what: every call of /api/openapi.json with every kind of token. A call that has no row
//! here makes the test fail. What another tenant's token meets is asked in `tenants`.

use domain::timestamp::Timestamp;
use engine::Actor;
use engine::ports::Clock as _;
use engine::tokens::create::{self, NewToken};
use engine::tokens::{list, revoke};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use server::outbound::clock::SystemClock;

use super::stage::{Reply, Stage, send, wrong_tokens};
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

/// What a token of another tenant meets, whatever it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// 404 with this code: what the path or the body names is not there.
    Missing(&'static str),
    /// 422 beside this field: the body names nothing of its own.
    Refused(&'static str),
    /// 200, and the key is not known.
    Judged,
    /// Success, and an answer of its own things alone.
    Own,
}

use Elsewhere::{Judged, Own, Refused};

const MISSING: Elsewhere = Elsewhere::Missing("not_found");
const NO_KEY: Elsewhere = Elsewhere::Missing("invalid_key");

/// A call, which single permission suffices, and what another tenant's token meets.
type Row = (&'static str, &'static [&'static str], Elsewhere);

pub const ROWS: &[Row] = &[
    (
        "POST /api/activationkey/generate",
        GENERATE,
        Refused("productId"),
    ),
    ("GET /api/change", READ, Own),
    ("GET /api/crypto/keys", ANY, Own),
    ("POST /api/crypto/keys", MANAGE, Own),
    ("GET /api/crypto/keys/public", ANY, Own),
    ("GET /api/dashboard", READ, Own),
    ("GET /api/device", READ, Own),
    ("GET /api/device/{productId}/{hardwareId}", READ, MISSING),
    ("PUT /api/device/{productId}/{hardwareId}", MANAGE, MISSING),
    ("GET /api/license/", READ, Own),
    ("POST /api/license/activate", ANY, NO_KEY),
    ("POST /api/license/deactivate", ANY, NO_KEY),
    ("GET /api/license/device-history/{hardwareId}", READ, Own),
    ("GET /api/license/export.csv", READ, Own),
    ("POST /api/license/features/csv", ANY, NO_KEY),
    ("POST /api/license/validate", VERIFY, Judged),
    ("GET /api/license/{key}", READ, MISSING),
    ("PUT /api/license/{key}", MANAGE, MISSING),
    ("GET /api/license/{key}/devices", READ, MISSING),
    ("POST /api/license/{key}/extend", MANAGE, MISSING),
    ("GET /api/license/{key}/history", READ, MISSING),
    ("POST /api/license/{key}/offline-code", GENERATE, MISSING),
    ("POST /api/license/{key}/reinstate", MANAGE, MISSING),
    ("POST /api/license/{key}/resend", MANAGE, MISSING),
    ("POST /api/license/{key}/revoke", MANAGE, MISSING),
    ("POST /api/license/{key}/suspend", MANAGE, MISSING),
    ("GET /api/license/{key}/usage", ANY, MISSING),
    ("GET /api/mail", READ, Own),
    ("GET /api/mail/{id}", READ, MISSING),
    ("PUT /api/mail/{id}", NO_SINGLE_ONE, MISSING),
    ("POST /api/mail/{id}/resend", NO_SINGLE_ONE, MISSING),
    ("GET /api/plan", READ, Own),
    ("POST /api/plan", MANAGE, MISSING),
    ("DELETE /api/plan/{id}", MANAGE, MISSING),
    ("POST /api/plan/{id}/restore", MANAGE, MISSING),
    ("GET /api/product/", READ, Own),
    ("POST /api/product/", MANAGE, Own),
    ("POST /api/product/preview-template", READ, Own),
    ("DELETE /api/product/{id}", MANAGE, MISSING),
    ("GET /api/product/{id}", READ, MISSING),
    ("PUT /api/product/{id}", MANAGE, MISSING),
    ("POST /api/product/{id}/restore", MANAGE, MISSING),
    ("POST /api/product/{id}/test-mail", MANAGE, MISSING),
    ("GET /api/settings", READ, Own),
    ("PUT /api/settings", MANAGE, Own),
    ("POST /api/settings/test-mail", MANAGE, Own),
    ("GET /api/stripe/apps", READ, Own),
    ("POST /api/stripe/apps", MANAGE, Own),
    ("DELETE /api/stripe/apps/{id}", MANAGE, MISSING),
    ("GET /api/stripe/apps/{id}", READ, MISSING),
    ("PUT /api/stripe/apps/{id}", MANAGE, MISSING),
    ("POST /api/stripe/apps/{id}/check", MANAGE, MISSING),
    (
        "POST /api/stripe/checkout/session",
        GENERATE,
        Refused("productId"),
    ),
    ("GET /api/stripe/diagnostics", READ, Own),
    ("GET /api/stripe/events", READ, Own),
    ("GET /api/stripe/events/{id}", READ, MISSING),
    ("POST /api/stripe/events/{id}/replay", MANAGE, MISSING),
    ("GET /api/stripe/orders/{id}", READ, MISSING),
    ("PUT /api/stripe/orders/{id}", NO_SINGLE_ONE, MISSING),
    ("GET /api/stripe/review", READ, Own),
    ("POST /api/stripe/review/{order}/dismiss", MANAGE, MISSING),
    ("POST /api/stripe/review/{order}/issue", MANAGE, MISSING),
    ("GET /api/support/ticket", READ, Own),
    ("POST /api/support/ticket", EMAIL, Refused("productName")),
    ("GET /api/support/ticket/{id}", READ, MISSING),
    (
        "POST /api/support/ticket/{id}/close",
        NO_SINGLE_ONE,
        MISSING,
    ),
    (
        "POST /api/support/ticket/{id}/reopen",
        NO_SINGLE_ONE,
        MISSING,
    ),
    ("GET /api/tenant-key", READ, Own),
    ("POST /api/tenant-key", MANAGE, Own),
    ("GET /api/token", MANAGE, Own),
    ("POST /api/token", MANAGE, Own),
    ("DELETE /api/token/{id}", MANAGE, MISSING),
];

/// What calls name in their paths and bodies.
pub struct Names {
    pub key: String,
    pub device: String,
    pub product: String,
    /// Without one, a new one is meant.
    pub plan: Option<i64>,
    pub app: String,
    pub event: String,
    pub order: String,
    pub order_in_review: String,
    pub mail: String,
    pub ticket: String,
    pub token: String,
}

impl Names {
    /// A key that there is; all else is nowhere.
    fn of_a_key(key: String) -> Self {
        let nowhere = || "00000000-0000-7000-8000-000000000000".to_owned();
        Self {
            key,
            device: "AB12".to_owned(),
            product: "999".to_owned(),
            plan: None,
            app: nowhere(),
            event: nowhere(),
            order: nowhere(),
            order_in_review: nowhere(),
            mail: nowhere(),
            ticket: nowhere(),
            token: nowhere(),
        }
    }

    /// The path with something in place of its parameters.
    fn fill(&self, path: &str) -> String {
        let plan = self.plan.unwrap_or(999).to_string();
        let parts = path.split('/').map(|part| match part {
            "{key}" => &self.key,
            "{hardwareId}" => &self.device,
            "{productId}" => &self.product,
            "{order}" => &self.order_in_review,
            "{id}" if path.starts_with("/api/plan/") => &plan,
            "{id}" => self.id_in(path),
            part => part,
        });
        let filled = parts.collect::<Vec<_>>().join("/");
        assert!(!filled.contains('{'), "nothing to fill in: {filled}");
        filled
    }

    fn id_in(&self, path: &str) -> &str {
        let homes = [
            ("/api/product/", &self.product),
            ("/api/stripe/apps/", &self.app),
            ("/api/stripe/events/", &self.event),
            ("/api/stripe/orders/", &self.order),
            ("/api/mail/", &self.mail),
            ("/api/support/ticket/", &self.ticket),
            ("/api/token/", &self.token),
        ];
        let home = homes.iter().find(|(home, _)| path.starts_with(home));
        home.unwrap_or_else(|| panic!("whose id? {path}")).1
    }

    /// Something that every body can be read from.
    fn body(&self, path: &str) -> Value {
        let product: i64 = self.product.parse().expect("a number");
        let mut body = json!({ "name": "Matrix", "permissions": ["manage"],
            "email": "ann@example.com", "recipient": "ann@example.com", "hardwareId": self.device,
            "productId": product, "quantity": 1, "productName": "Zircon", "livemode": false,
            "activationKey": self.key, "licenseKey": self.key, "days": 1, "durationDays": 1,
            "trialEndsAt": "2031-12-31", "subject": "Matter", "message": "It does not start.",
            "body": "{{ActivationKey}}", "emailSubject": "Key", "emailTemplate": "{{ActivationKey}}" });
        if path == "/api/plan" {
            body["id"] = json!(self.plan);
        }
        if path == "/api/activationkey/generate" {
            // A device that was activated has no trial any more.
            body["hardwareId"] = Value::Null;
        }
        body
    }

    /// The call of a row.
    pub fn request(&self, stage: &Stage, row: &str) -> RequestBuilder {
        let (method, path) = row.split_once(' ').expect("a method and a path");
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let has_body = matches!(method, Method::POST | Method::PUT);
        let request = stage.anonymous(method, &self.fill(path));
        if has_body {
            request.json(&self.body(path))
        } else {
            request
        }
    }
}

struct Matrix {
    stage: Stage,
    names: Names,
}

impl Matrix {
    async fn start() -> Self {
        let stage = Stage::start().await;
        let product = json!({ "name": "Atlas", "maxSeats": 50 });
        stage.make("/api/product/", &product).await;
        let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
        let key = stage.post("/api/activationkey/generate", &wish).await.text;
        let names = Names::of_a_key(key);
        Self { stage, names }
    }

    async fn call(&self, row: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.names.request(&self.stage, row);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = send(request).await;
        let kept = reply.headers.get("cache-control");
        let kept = kept.map(reqwest::header::HeaderValue::as_bytes);
        assert_eq!(kept, Some(&b"no-store"[..]), "{row}, {}", reply.status);
        reply
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
    let mut rows: Vec<_> = ROWS.iter().map(|(row, ..)| (*row).to_owned()).collect();
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
    for (row, ..) in ROWS {
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
    let mut statuses = vec![Vec::new(); ROWS.len()];
    for permission in PERMISSIONS {
        let token = matrix.stage.token_with(permission).await;
        for ((row, sufficing, _), statuses) in ROWS.iter().zip(&mut statuses) {
            let reply = matrix.call_with(row, &token).await;
            statuses.push(reply.status);
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
    // In the order of the permissions; what a permitted call answers depends on what it names.
    let rows = ROWS.iter().zip(&statuses);
    let lines = rows.map(|((row, ..), statuses)| format!("{row}: {statuses:?}"));
    insta::assert_snapshot!("statuses", lines.collect::<Vec<_>>().join("\n"));
    matrix.stage.stop().await;
}
