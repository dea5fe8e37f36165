//! Another tenant's things: every call of the matrix, with the names of things that there are, by a token
//! that may do everything in a tenant of its own.

use reqwest::Method;
use serde_json::{Value, json};

use super::matrix::{Elsewhere, Names, ROWS};
use super::stage::{Reply, SIGNING_SECRET, Stage, new_tenant, new_token, paid, send};
use crate::harness::eventually;

/// A word in every name and address that the first tenant gives.
const MARK: &str = "zircon";
const HOLDER: &str = "zoe@zircon.example";

fn id(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    text.unwrap_or_else(|| value.to_string())
}

/// A checkout of Zoe's.
fn paid_by_zoe(number: u32, product: &Value) -> Value {
    let mut event = paid(number, product);
    event["data"]["object"]["customer_details"]["email"] = json!(HOLDER);
    event
}

/// A tenant with one of each thing, and a stranger's token.
struct Neighbours {
    stage: Stage,
    names: Names,
    stranger: String,
}

impl Neighbours {
    async fn start() -> Self {
        let stage = Stage::start().await;
        let names = furnished(&stage).await;
        let blue = new_tenant(&stage.engine, "Blue").await;
        let stranger = new_token(&stage.engine, blue, "verify,generate,email,manage").await;
        Self {
            stage,
            names,
            stranger,
        }
    }

    async fn call(&self, row: &str, token: &str) -> Reply {
        let request = self.names.request(&self.stage, row);
        send(request.header("Authorization", format!("Bearer {token}"))).await
    }

    /// What must stand in no answer to a stranger.
    async fn marks(&self) -> Vec<String> {
        let keys = self.stage.read("/api/crypto/keys").await;
        let pem = keys[0]["publicKey"].as_str().expect("a text");
        let line = pem.lines().nth(2).expect("a line of the key itself");
        let names = &self.names;
        let mut marks = vec![MARK.to_owned(), line.to_lowercase()];
        let ids = [&names.key, &names.app, &names.event, &names.order];
        marks.extend(ids.map(|id| id.to_lowercase()));
        let ids = [&names.order_in_review, &names.mail];
        marks.extend(ids.map(|id| id.to_lowercase()));
        let ids = [&names.ticket, &names.token];
        marks.extend(ids.map(|id| id.to_lowercase()));
        marks
    }

    /// Everything that the first tenant can read, but for what reading itself leaves behind.
    async fn everything(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        for (row, ..) in ROWS.iter().filter(|(row, ..)| row.starts_with("GET ")) {
            let reply = self.call(row, &self.stage.token).await;
            assert_eq!(reply.status, 200, "{row}: {}", reply.text);
            let text = match serde_json::from_str(&reply.text) {
                Ok(json) => without_traces(json).to_string(),
                Err(_) => reply.text,
            };
            all.push((*row, text));
        }
        all
    }
}

/// Without when a token was used, and that licences were exported.
fn without_traces(mut json: Value) -> Value {
    if let Some(changes) = json.get_mut("items").and_then(Value::as_array_mut) {
        changes.retain(|change| change["verb"] != "licenses_exported");
    }
    for item in json.as_array_mut().into_iter().flatten() {
        if let Some(fields) = item.as_object_mut() {
            fields.remove("lastUsedAt");
        }
    }
    json
}

/// Gives the first tenant one of each thing.
async fn furnished(stage: &Stage) -> Names {
    let settings = json!({ "supportAddress": HOLDER });
    assert_eq!(stage.put("/api/settings", &settings).await.status, 200);
    let product = json!({ "name": "Zircon", "price": 49.9, "currency": "EUR", "trialDays": 14,
        "defaultLicenseDays": 30 });
    let product = stage.make("/api/product/", &product).await["id"].clone();
    let plan = json!({ "name": "Zircon a year", "durationDays": 365 });
    let plan = stage.make("/api/plan", &plan).await;
    let (app, webhook) = stage.make_app().await;
    for (number, product) in [(1, &product), (2, &json!(9_999))] {
        let event = paid_by_zoe(number, product);
        stage.deliver(&webhook, &event, SIGNING_SECRET).await;
    }
    let key = a_key_and_a_trial(stage).await;
    let ticket = json!({ "productName": "Zircon", "email": HOLDER, "subject": "Zircon",
        "message": "It does not start." });
    let ticket = stage.post("/api/support/ticket", &ticket).await.json();
    assert_eq!(stage.post("/api/tenant-key", &json!({})).await.status, 201);
    let token = json!({ "name": "Zircon", "permissions": ["verify"] });
    let token = id(&stage.make("/api/token", &token).await["id"]);
    let events = stage.read("/api/stripe/events").await;
    let event = id(&events[1]["id"]);
    let order = &stage.read(&format!("/api/stripe/events/{event}")).await["orderId"];
    Names {
        key,
        device: "ZIRCON-1".to_owned(),
        product: id(&product),
        plan: plan["id"].as_i64(),
        app: id(&app["id"]),
        event,
        order: id(order),
        order_in_review: id(&stage.read("/api/stripe/review").await[0]["orderId"]),
        mail: a_mail_that_was_sent(stage).await,
        ticket: id(&ticket["id"]),
        token,
    }
}

async fn a_key_and_a_trial(stage: &Stage) -> String {
    let wish = json!({ "productName": "Zircon", "email": HOLDER, "maxSeats": 3,
        "corporateName": "Zircon Ltd" });
    let key = stage.post("/api/activationkey/generate", &wish).await.text;
    let trial = json!({ "productName": "Zircon", "hardwareId": "ZIRCON-1" });
    let judged = stage.post("/api/license/validate", &trial).await;
    assert_eq!(judged.json()["status"], "trial");
    key
}

/// Once all are sent, and nothing is written behind any more.
async fn a_mail_that_was_sent(stage: &Stage) -> String {
    eventually("all mails are sent", async || {
        let mails = stage.read("/api/mail").await;
        let mut mails = mails["items"].as_array().expect("a list").iter();
        mails.all(|mail| mail["state"] == "sent")
    })
    .await;
    let flushed = engine::housekeeping::flush(&stage.engine).await;
    flushed.expect("what was put aside is written");
    let mails = stage.read("/api/mail").await;
    let mut mails = mails["items"].as_array().expect("a list").iter();
    id(&mails.find(|mail| mail["kind"] == "purchase").expect("one")["id"])
}

fn judge(met: &Reply, expected: Elsewhere) -> bool {
    match expected {
        Elsewhere::Missing(code) => met.status == 404 && met.refusal().1 == code,
        Elsewhere::Refused(field) => met.status == 422 && met.refusal().2 == field,
        Elsewhere::Judged => met.status == 200 && met.json()["code"] == "not_found",
        Elsewhere::Own => (200..300).contains(&met.status),
    }
}

#[tokio::test]
async fn whatever_a_token_names_of_another_tenant_is_not_there_and_stays_as_it_is() {
    let neighbours = Neighbours::start().await;
    let (marks, before) = (neighbours.marks().await, neighbours.everything().await);
    let mut wrong = Vec::new();
    for (row, _, expected) in ROWS {
        let met = neighbours.call(row, &neighbours.stranger).await;
        if !judge(&met, *expected) {
            wrong.push(format!("{row}: {} {}", met.status, met.text));
        }
        let said = met.text.to_lowercase();
        for mark in marks.iter().filter(|mark| said.contains(mark.as_str())) {
            wrong.push(format!("{row} tells {mark}"));
        }
        let own = before.iter().find(|(read, _)| read == row);
        if own.is_some_and(|(_, own)| *own == met.text) {
            wrong.push(format!("{row}: both tenants read the same"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (after, before) in neighbours.everything().await.iter().zip(&before) {
        assert_eq!(after, before);
    }
    neighbours.stage.stop().await;
}

/// Else the test above would prove nothing.
#[tokio::test]
async fn what_is_not_there_for_another_tenant_is_there_for_its_own() {
    let neighbours = Neighbours::start().await;
    let is_last = |row: &str| row.starts_with(Method::DELETE.as_str());
    let mut rows: Vec<_> = ROWS.iter().collect();
    rows.sort_by_key(|(row, ..)| is_last(row));
    let mut wrong = Vec::new();
    for (row, ..) in rows {
        let met = neighbours.call(row, &neighbours.stage.token).await;
        if [404, 422].contains(&met.status) || met.status >= 500 {
            wrong.push(format!("{row}: {} {}", met.status, met.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    neighbours.stage.stop().await;
}

#[tokio::test]
async fn another_tenants_product_app_and_plan_cannot_be_sold() {
    let mut stage = Stage::start().await;
    let (app, _) = stage.make_app().await;
    let atlas = json!({ "name": "Atlas", "price": 49.9, "currency": "EUR" });
    let product = stage.make("/api/product/", &atlas).await;
    let year = json!({ "name": "Year", "durationDays": 365 });
    let plan = stage.make("/api/plan", &year).await;
    let stranger = new_tenant(&stage.engine, "Blue").await;
    stage.token = new_token(&stage.engine, stranger, "generate,manage").await;
    let own = stage.make("/api/product/", &atlas).await;
    let store = json!({ "name": "Store", "secretKey": "sk_test_bbbbbbbbbbbbbbbbbbbbbbbb",
        "webhookSigningSecret": "whsec_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "isDefault": true });
    stage.make("/api/stripe/apps", &store).await;
    let wish = json!({ "productId": own["id"], "livemode": false, "email": "eve@example.com" });
    let (checkout, generate) = (
        "/api/stripe/checkout/session",
        "/api/activationkey/generate",
    );
    for path in [checkout, generate] {
        let fine = stage.post(path, &wish).await;
        assert!(fine.status < 300, "{path}: {}", fine.text);
    }
    for (path, field, foreign) in [
        (checkout, "productId", &product["id"]),
        (checkout, "planId", &plan["id"]),
        (checkout, "appId", &app["id"]),
        (generate, "productId", &product["id"]),
        (generate, "planId", &plan["id"]),
    ] {
        let mut wish = wish.clone();
        wish[field] = foreign.clone();
        let (status, _, named) = stage.post(path, &wish).await.refusal();
        assert_eq!((status, named.as_str()), (422, field), "{path}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn the_change_log_tells_a_tenant_its_own_changes_by_pages() {
    let mut stage = Stage::start().await;
    for name in ["Atlas", "Borealis"] {
        stage.make("/api/product/", &json!({ "name": name })).await;
    }
    let first = stage.read("/api/change?pageSize=1").await;
    let line = &first["items"][0];
    assert_eq!(
        (&line["subjectKind"], &line["verb"]),
        (&json!("product"), &json!("created"))
    );
    assert_eq!(
        (&line["actorKind"], &line["actorName"]),
        (&json!("token"), &json!("Test"))
    );
    let second = stage
        .read(&format!(
            "/api/change/?pageSize=1&before={}",
            first["before"]
        ))
        .await;
    assert_ne!(second["items"][0]["id"], line["id"]);
    let stranger = new_tenant(&stage.engine, "Blue").await;
    stage.token = new_token(&stage.engine, stranger, "manage").await;
    assert!(!stage.get("/api/change").await.text.contains("product"));
    stage.stop().await;
}
