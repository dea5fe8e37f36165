//! The exact shape of every answer of the licensing API, as snapshots.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Reply, Stage, send};

/// Two products and three keys: one with seats, one for a device, one plain.
async fn with_keys() -> (Stage, [String; 3]) {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "version": "2.1", "trialDays": 14,
        "defaultLicenseDays": 30, "features": "maps,export", "minimumRequiredVersion": "1.0" });
    stage.make("/api/product/", &product).await;
    let wishes = [
        json!({ "maxSeats": 5, "corporateName": "Acme" }),
        json!({ "hardwareId": "AB12" }),
        json!({ "validityDays": 0 }),
    ];
    let mut keys = Vec::new();
    for mut wish in wishes {
        wish["productName"] = json!("Atlas");
        wish["email"] = json!("ann@example.com");
        let made = stage.post("/api/activationkey/generate", &wish).await;
        keys.push(made.text);
    }
    (stage, keys.try_into().expect("three"))
}

/// Replaces what is another in every run.
fn redacted(mut answer: Value) -> Value {
    redact(&mut answer);
    answer
}

fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(fields) => {
            for (name, value) in fields {
                let changes = match name.as_str() {
                    "activationKey" | "offlineCode" | "publicKey" | "createdAt" | "retiredAt"
                    | "activationDate" | "timestamp" | "updatedAt" | "firstSeenAt"
                    | "lastSeenAt" | "trialEndsAt" | "firstActivatedAt" | "activatedAt"
                    | "deactivatedAt" | "closedAt" | "keyEndsWith" | "after" => !value.is_null(),
                    "expirationDate" => value != "2049-12-31T23:59:59Z",
                    "id" => true,
                    _ => false,
                };
                if changes {
                    *value = json!(format!("[{name}]"));
                } else if name == "activationKeys" {
                    *value = json!(value.as_array().map(Vec::len));
                } else {
                    redact(value);
                }
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn what_programs_are_answered() {
    let (stage, [seats, bound, plain]) = with_keys().await;
    let ask = async |path: &str, body: Value| redacted(stage.post(path, &body).await.json());
    let on_device = |key: &str, device: &str| {
        json!({ "activationKey": key, "licenseKey": key, "email": "ann@example.com",
            "hardwareId": device, "productName": "Atlas", "version": "2.0" })
    };
    let activate = "/api/license/activate";
    let validate = "/api/license/validate";
    let answers = json!({
        "activate": ask(activate, on_device(&seats, "CD34")).await,
        "activateCorporateAgain": ask(activate, on_device(&seats, "CD34")).await,
        "activatePerpetual": ask(activate, on_device(&plain, "CD34")).await,
        "activateTaken": ask(activate, on_device(&bound, "CD34")).await,
        "activateUnknown": ask(activate, on_device("nonsense", "CD34")).await,
        "activateWrong": ask(activate, json!({})).await,
        "validatePerpetual": ask(validate, on_device(&plain, "CD34")).await,
        "validateElsewhere": ask(validate, on_device(&plain, "EF56")).await,
        "validateUnknown": ask(validate, on_device("nonsense", "EF56")).await,
        "validateTrial": ask(validate, on_device("", "EF56")).await,
        "validateTrialUsed": ask(validate, on_device("", "CD34")).await,
        "validateNothing": ask(validate, json!({ "hardwareId": "EF56" })).await,
        "features": ask("/api/license/features/csv", on_device(&plain, "")).await,
        "usage": stage.read(&format!("/api/license/{seats}/usage")).await,
        "usageOfOne": stage.get(&format!("/api/license/{plain}/usage")).await.json(),
        "deactivate": ask("/api/license/deactivate", on_device(&plain, "CD34")).await,
        "deactivateElsewhere": ask("/api/license/deactivate", on_device(&bound, "CD34")).await,
    });
    insta::assert_json_snapshot!("programs", answers);
    stage.stop().await;
}

#[tokio::test]
async fn what_admins_are_answered() {
    let (stage, [seats, bound, plain]) = with_keys().await;
    let read = async |path: &str| redacted(stage.read(path).await);
    let change = async |what: &str, body: Value| {
        let path = format!("/api/license/{plain}/{what}");
        redacted(stage.post(&path, &body).await.json())
    };
    let wish = json!({ "productName": "Atlas", "email": "bob@example.com", "hardwareId": "EF56" });
    let request = stage.request(Method::POST, "/api/activationkey/generate");
    let generated = send(request.header("Accept", "application/json").json(&wish)).await;
    let ticket = json!({ "productName": "Atlas", "email": "ann@example.com", "subject": "Matter",
        "message": "It does not start." });
    let answers = json!({
        "generate": redacted(generated.json()),
        "license": read(&format!("/api/license/{bound}")).await,
        "corporate": read(&format!("/api/license/{seats}")).await,
        "list": read("/api/license/?email=bob@example.com").await,
        "page": read("/api/license/?page=1&pageSize=1").await,
        "history": read(&format!("/api/license/{bound}/history")).await,
        "deviceHistory": read("/api/license/device-history/AB12").await,
        "unknownDevice": read("/api/license/device-history/XX").await,
        "suspend": change("suspend", json!({})).await,
        "revoke": change("revoke", json!({})).await,
        "offlineCodeOfRevoked": change("offline-code", json!({ "hardwareId": "AB" })).await,
        "reinstate": change("reinstate", json!({})).await,
        "extend": change("extend", json!({ "expirationDate": "2031-05-01" })).await,
        "extendPastAll": change("extend", json!({ "days": 36_500 })).await,
        "resend": change("resend", json!({ "email": "eve" })).await,
        "keys": read("/api/crypto/keys").await,
        "ticket": redacted(stage.post("/api/support/ticket", &ticket).await.json()),
        "tickets": read("/api/support/ticket").await,
    });
    insta::assert_json_snapshot!("admins", answers);
    stage.stop().await;
}

/// A refusal with its status, and the headers that say what to do.
fn refusal(reply: &Reply) -> Value {
    let header = |name: &str| {
        let value = reply.headers.get(name);
        value.map(|value| value.to_str().expect("a text"))
    };
    json!({ "status": reply.status, "allow": header("allow"), "body": redacted(reply.json()),
        "contentType": header("content-type"), "retryAfter": header("retry-after"),
        "wwwAuthenticate": header("www-authenticate") })
}

#[tokio::test]
async fn what_programs_are_answered_when_it_is_over_or_they_are_too_old() {
    let (stage, [seats, bound, plain]) = with_keys().await;
    let body = |key: &str, version: &str| {
        json!({ "activationKey": key, "licenseKey": key, "email": "ann@example.com",
            "hardwareId": "AB12", "productName": "Atlas", "version": version })
    };
    let ask = async |path: &str, body: &Value| stage.post(path, body).await;
    let (activate, validate) = ("/api/license/activate", "/api/license/validate");
    let deactivate = "/api/license/deactivate";
    let change = json!({ "enforceVersionCheck": true, "deactivationCooldownHours": 24 });
    assert_eq!(stage.put("/api/product/1", &change).await.status, 200);
    let activated = ask(activate, &body(&seats, "2.0")).await;
    assert_eq!(activated.status, 200);
    let outdated = [
        ask(activate, &body(&plain, "0.9")).await,
        ask(validate, &body(&bound, "0.9")).await,
    ];
    let given_back = ask(deactivate, &body(&seats, "2.0")).await;
    assert_eq!(given_back.status, 200);
    assert_eq!(ask(activate, &body(&seats, "2.0")).await.status, 200);
    let mut cooldown = refusal(&ask(deactivate, &body(&seats, "2.0")).await);
    for (text, place) in [("retryAfter", "/retryAfter"), ("message", "/body/message")] {
        let found = cooldown.pointer_mut(place).expect("is there");
        assert!(found.is_string(), "{text}");
        *found = json!(format!("[{text}]"));
    }
    stage.clock.advance_seconds(31 * 24 * 60 * 60);
    let over = [
        ask(activate, &body(&bound, "2.0")).await,
        ask(validate, &body(&bound, "2.0")).await,
        ask(validate, &body("", "2.0")).await,
    ];
    let answers = json!({
        "activateOutdated": refusal(&outdated[0]),
        "validateOutdated": redacted(outdated[1].json()),
        "deactivateTooSoon": cooldown,
        "activateExpired": refusal(&over[0]),
        "validateExpired": redacted(over[1].json()),
        "validateTrialUsed": redacted(over[2].json()),
    });
    insta::assert_json_snapshot!("obstacles", answers);
    stage.stop().await;
}

#[tokio::test]
async fn what_every_call_is_refused_with() {
    let (stage, [_, _, plain]) = with_keys().await;
    let call = |method: Method, path: &str| stage.request(method, path);
    let shipped = format!("Bearer {}", stage.token_with("verify").await);
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(64 * 1024));
    let as_text = |body: &'static str| {
        let request = call(Method::POST, "/api/plan").header("Content-Type", "text/plain");
        request.body(body)
    };
    let as_json = |body: String| {
        let request = call(Method::POST, "/api/plan").header("Content-Type", "application/json");
        request.body(body)
    };
    let foreign = call(Method::GET, "/api/plan").header("X-Tenant", "999");
    let lists = stage.anonymous(Method::GET, "/api/license/");
    let revoked = format!("/api/license/{plain}/revoke");
    let answers = json!({
        "noToken": refusal(&send(stage.anonymous(Method::GET, "/api/plan")).await),
        "noPermission": refusal(&send(lists.header("Authorization", shipped)).await),
        "anotherTenant": refusal(&send(foreign).await),
        "noAddress": refusal(&stage.get("/api/nothing").await),
        "noProduct": refusal(&stage.get("/api/product/999").await),
        "noLicense": refusal(&stage.get("/api/license/0000-0000-0000-0000").await),
        "noMethod": refusal(&stage.delete("/api/product/").await),
        "noPost": refusal(&stage.get(&revoked).await),
        "notJson": refusal(&send(as_json("{".to_owned())).await),
        "tooLarge": refusal(&send(as_json(large)).await),
        "notSaidToBeJson": refusal(&send(as_text("{}")).await),
        "wrongFields": refusal(&stage.post("/api/plan", &json!({ "durationDays": -1 })).await),
    });
    insta::assert_json_snapshot!("refusals", answers);
    stage.stop().await;
}

#[tokio::test]
async fn what_admins_read_of_products_plans_and_devices() {
    let (stage, [seats, bound, plain]) = with_keys().await;
    let read = async |path: &str| redacted(stage.read(path).await);
    let post = async |path: &str, body: Value| {
        let reply = stage.post(path, &body).await;
        json!({ "status": reply.status, "body": redacted(reply.json()) })
    };
    let trial = json!({ "hardwareId": "EF56", "productName": "Atlas", "version": "2.0" });
    assert_eq!(
        stage.post("/api/license/validate", &trial).await.status,
        200
    );
    let whole = json!({ "name": "Borealis", "version": "3.0", "description": "Charts",
        "price": 49.9, "currency": "EUR", "trialDays": 7, "defaultLicenseDays": 30,
        "features": ["charts"], "maxSeats": 3, "seatsFromQuantity": true,
        "minimumRequiredVersion": "2.0", "enforceVersionCheck": true, "sendPurchaseEmail": false,
        "sendRenewalReminders": true, "renewalReminderDays": 14, "deactivationCooldownHours": 24,
        "emailSubject": "Key", "emailTemplate": "{{ActivationKey}}", "refundPolicy": "keep" });
    let year = json!({ "name": "Year", "durationDays": 365, "features": ["charts"] });
    let license = |key: &str, rest: &str| format!("/api/license/{key}{rest}");
    let device = json!({ "hardwareId": "GH78" });
    let answers = json!({
        "newProduct": post("/api/product/", whole).await,
        "leastProduct": post("/api/product/", json!({ "name": "Corona" })).await,
        "changedProduct": redacted(stage.put("/api/product/2", &json!({ "maxSeats": null })).await.json()),
        "product": read("/api/product/1").await,
        "newPlan": post("/api/plan", year).await,
        "changedPlan": post("/api/plan", json!({ "id": 1, "isActive": false })).await,
        "plans": read("/api/plan").await,
        "offlineCode": post(&license(&seats, "/offline-code"), device).await,
        "resend": post(&license(&plain, "/resend"), json!({})).await,
        "licensesAfter": read("/api/license/?after=&pageSize=1").await,
        "licensesAfterAll": read("/api/license/?after=&emailBeginning=nobody").await,
        "licenseDevices": read(&license(&bound, "/devices")).await,
        "deviceHistoryAfter": read("/api/license/device-history/AB12?after=").await,
        "devices": read("/api/device?order=hardware_id").await,
        "device": read("/api/device/1/ef56").await,
    });
    insta::assert_json_snapshot!("catalogue", answers);
    stage.stop().await;
}

#[tokio::test]
async fn what_admins_are_answered_when_they_change_what_is_there() {
    let (stage, [_, _, plain]) = with_keys().await;
    let read = async |path: &str| redacted(stage.read(path).await);
    let said = |reply: &Reply| json!({ "status": reply.status, "body": redacted(reply.json()) });
    let post = async |path: &str| said(&stage.post(path, &json!({})).await);
    let put = async |path: &str, body: Value| said(&stage.put(path, &body).await);
    let trial = json!({ "hardwareId": "EF56", "productName": "Atlas", "version": "2.0" });
    let judged = stage.post("/api/license/validate", &trial).await;
    assert_eq!(judged.status, 200);
    let ticket = json!({ "productName": "Atlas", "email": "ann@example.com", "subject": "Matter",
        "message": "It does not start." });
    let taken = stage.post("/api/support/ticket", &ticket).await.json();
    let id = taken["id"].as_str().expect("an id");
    let of_ticket = |rest: &str| format!("/api/support/ticket/{id}{rest}");
    let public = stage.get("/api/crypto/keys/public").await;
    let kind = public.headers["content-type"].to_str().expect("a text");
    let mut lines = public.text.lines();
    let public = json!({ "status": public.status, "contentType": kind, "first": lines.next(),
        "last": lines.next_back() });
    let wanted = json!({ "email": "bob@example.com", "corporateName": "Acme", "maxSeats": 2,
        "features": ["maps"], "note": "By phone." });
    let end = json!({ "trialEndsAt": "2031-12-31" });
    let answers = json!({
        "products": read("/api/product/").await,
        "changedLicense": put(&format!("/api/license/{plain}"), wanted).await,
        "publicKey": public,
        "newPair": post("/api/crypto/keys").await,
        "keys": read("/api/crypto/keys").await,
        "ticket": read(&of_ticket("")).await,
        "closedTicket": post(&of_ticket("/close")).await,
        "reopenedTicket": post(&of_ticket("/reopen")).await,
        "changedDevice": put("/api/device/1/ef56", end).await,
    });
    insta::assert_json_snapshot!("changes", answers);
    stage.stop().await;
}

/// The answer with `[key]` in place of each key.
fn without_keys(reply: &Reply) -> Value {
    let is_key = |line: &str| line.len() == 19 && line.split('-').all(|part| part.len() == 4);
    let lines = reply
        .text
        .split('\n')
        .map(|line| if is_key(line) { "[key]" } else { line });
    let kind = reply.headers["content-type"].to_str().expect("a text");
    json!({ "status": reply.status, "contentType": kind, "lines": lines.collect::<Vec<_>>() })
}

#[tokio::test]
async fn what_a_generated_key_comes_as() {
    let (stage, _) = with_keys().await;
    let generate = async |accept: &str, more: Value| {
        let mut wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
        let fields = wish.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        let request = stage.request(Method::POST, "/api/activationkey/generate");
        send(request.header("Accept", accept).json(&wish)).await
    };
    let json = "application/json";
    let answers = json!({
        "bare": without_keys(&generate("*/*", json!({})).await),
        "bareThree": without_keys(&generate("*/*", json!({ "quantity": 3 })).await),
        "json": redacted(generate(json, json!({})).await.json()),
        "jsonThree": redacted(generate(json, json!({ "quantity": 3 })).await.json()),
        "jsonCorporate": redacted(generate(json, json!({ "maxSeats": 5, "corporateName": "Acme" })).await.json()),
        "jsonOffline": redacted(generate(json, json!({ "hardwareId": "GH78" })).await.json()),
    });
    insta::assert_json_snapshot!("generated", answers);
    stage.stop().await;
}

/// What clients were promised, each optional one with a question mark: no field more, none less.
const PRODUCT: &str = "id,name,version,description,isActive,price,currency,trialDays,\
    defaultLicenseDays,features,maxSeats?,seatsFromQuantity,minimumRequiredVersion?,\
    enforceVersionCheck,sendPurchaseEmail,sendRenewalReminders,renewalReminderDays?,\
    deactivationCooldownHours?,emailSubject,emailTemplate,refundPolicy,createdAt,updatedAt?";
const LICENSE: &str = "activationKey,email,hardwareId?,activationDate?,createdAt,expirationDate,\
    isActive,state,productId,productName,version?,note?,isCorporate,maxSeats?,corporateName?,\
    currentSeats,isOffline,offlineCode?,livemode";

fn fields(promised: &str) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let all = promised.split(',').map(|name| name.trim_end_matches('?'));
    let always = promised.split(',').filter(|name| !name.ends_with('?'));
    (all.collect(), always.collect())
}

fn names(answer: &Value) -> BTreeSet<&str> {
    let fields = answer.as_object().expect("an object");
    fields.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn products_and_licences_have_the_fields_that_clients_were_promised() {
    let (stage, [seats, bound, plain]) = with_keys().await;
    let whole = json!({ "name": "Borealis", "maxSeats": 3, "minimumRequiredVersion": "2.0",
        "renewalReminderDays": 14, "deactivationCooldownHours": 24 });
    let least = stage
        .make("/api/product/", &json!({ "name": "Corona" }))
        .await;
    let made = stage.make("/api/product/", &whole).await;
    let path = format!("/api/product/{}", made["id"]);
    let whole = stage.put(&path, &json!({ "version": "3.0" })).await.json();
    let (all, always) = fields(PRODUCT);
    assert_eq!((names(&whole), names(&least)), (all, always));

    let body = json!({ "activationKey": seats, "email": "", "hardwareId": "AB12",
        "productName": "Atlas", "version": "2.0" });
    assert_eq!(stage.post("/api/license/activate", &body).await.status, 200);
    let code = format!("/api/license/{seats}/offline-code");
    let device = json!({ "hardwareId": "AB12" });
    let whole = stage.post(&code, &device).await.json();
    let least = stage.read(&format!("/api/license/{plain}")).await;
    let (mut all, always) = fields(LICENSE);
    // Nothing writes one by itself.
    all.remove("note");
    assert_eq!((names(&whole), names(&least)), (all, always));
    let of_one = stage.read(&format!("/api/license/{bound}")).await;
    assert!(names(&of_one).is_subset(&fields(LICENSE).0));
    stage.stop().await;
}
