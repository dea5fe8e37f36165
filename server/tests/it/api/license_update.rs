//! What people say of a licence: its holder, company, seats, features and note.

use serde_json::{Value, json};

use super::stage::{Reply, Stage};

const NOTE: &str = "Paid by wire.\nRenew in May.";

/// A product and a plan with features, and a key of the plan with everything that is for admins alone.
async fn with_key() -> (Stage, String) {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "features": "maps,export", "defaultLicenseDays": 30 });
    stage.make("/api/product/", &product).await;
    let plan = json!({ "name": "Studio", "durationDays": 90, "features": ["export", "api"] });
    let plan = stage.make("/api/plan", &plan).await;
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com", "planId": plan["id"],
        "maxSeats": 3, "features": ["api", "beta"], "note": NOTE });
    let made = stage.post("/api/activationkey/generate", &wish).await;
    assert_eq!(made.status, 200, "{}", made.text);
    (stage, made.text)
}

async fn activate(stage: &Stage, key: &str, device: &str) -> Reply {
    let body = json!({ "activationKey": key, "hardwareId": device, "productName": "Atlas" });
    stage.post("/api/license/activate", &body).await
}

async fn validate(stage: &Stage, key: &str, device: &str) -> Value {
    let body = json!({ "activationKey": key, "hardwareId": device });
    stage.post("/api/license/validate", &body).await.json()
}

#[tokio::test]
async fn admins_read_the_note_and_programs_never_do() {
    let (stage, key) = with_key().await;
    let path = format!("/api/license/{key}");
    let license = stage.read(&path).await;
    assert_eq!(license["note"], NOTE);
    assert_eq!(license["features"], json!(["api", "beta"]));
    let listed = stage.read("/api/license/").await;
    assert_eq!(listed[0]["note"], NOTE);
    let first = activate(&stage, &key, "AB12").await;
    let again = activate(&stage, &key, "AB12").await;
    for reply in [first, again] {
        assert_eq!(reply.status, 200, "{}", reply.text);
        let answer = reply.json();
        assert_eq!((answer.get("note"), answer.get("features")), (None, None));
        assert!(!reply.text.contains("wire"), "{}", reply.text);
    }
    let judged = validate(&stage, &key, "AB12").await;
    assert_eq!(judged["code"], "ok");
    assert!(!judged.to_string().contains("wire"), "{judged}");
    let history = stage.read(&format!("{path}/history")).await;
    assert!(!history.to_string().contains("wire"), "{history}");
    stage.stop().await;
}

#[tokio::test]
async fn a_key_unlocks_its_products_words_then_its_plans_then_its_own() {
    let (stage, key) = with_key().await;
    activate(&stage, &key, "AB12").await;
    let all = json!(["maps", "export", "api", "beta"]);
    assert_eq!(validate(&stage, &key, "AB12").await["features"], all);
    let path = format!("/api/license/{key}");
    let changed = stage
        .put(&path, &json!({ "features": "gamma, maps" }))
        .await;
    assert_eq!(changed.json()["features"], json!(["gamma", "maps"]));
    let now = json!(["maps", "export", "api", "gamma"]);
    assert_eq!(validate(&stage, &key, "AB12").await["features"], now);
    stage.put(&path, &json!({ "features": null })).await;
    let without = json!(["maps", "export", "api"]);
    assert_eq!(validate(&stage, &key, "AB12").await["features"], without);
    stage.stop().await;
}

#[tokio::test]
async fn what_is_absent_stays_and_null_clears() {
    let (stage, key) = with_key().await;
    let path = format!("/api/license/{}", key.to_lowercase().replace('-', " "));
    let before = stage.read(&path).await;
    let same = stage.put(&path, &json!({})).await;
    assert_eq!((same.status, same.json()), (200, before.clone()));
    let form = json!({ "email": "bob@example.com", "corporateName": "Blue", "maxSeats": 7 });
    let after = stage.put(&path, &form).await.json();
    for field in ["email", "corporateName", "maxSeats"] {
        assert_eq!(after[field], form[field]);
    }
    assert_eq!(
        (&after["note"], &after["features"]),
        (&before["note"], &before["features"])
    );
    assert_eq!(after, stage.read(&path).await);
    let nothing = json!({ "email": "", "corporateName": null, "maxSeats": null, "features": [],
        "note": " " });
    let bare = stage.put(&path, &nothing).await.json();
    assert_eq!(bare["email"], "");
    for field in ["corporateName", "maxSeats", "features", "note"] {
        assert_eq!(bare.get(field), None, "{field}");
    }
    assert_eq!(bare["isCorporate"], false);
    stage.stop().await;
}

#[tokio::test]
async fn fewer_seats_than_are_in_use_are_refused_and_nothing_is_written() {
    let (stage, key) = with_key().await;
    let path = format!("/api/license/{key}");
    for device in ["A", "B"] {
        assert_eq!(activate(&stage, &key, device).await.status, 200);
    }
    for seats in [json!(1), json!(null)] {
        let form = json!({ "maxSeats": seats, "note": "Fewer." });
        let reply = stage.put(&path, &form).await;
        let (status, _, field) = reply.refusal();
        assert_eq!((status, field.as_str()), (422, "maxSeats"));
        assert!(reply.text.contains("2 seats are in use"), "{}", reply.text);
    }
    assert_eq!(stage.read(&path).await["note"], NOTE);
    let enough = stage.put(&path, &json!({ "maxSeats": 2 })).await.json();
    assert_eq!(
        (&enough["maxSeats"], &enough["currentSeats"]),
        (&json!(2), &json!(2))
    );
    let (_, code, _) = activate(&stage, &key, "C").await.refusal();
    assert_eq!(code, "seats_exhausted");
    stage.stop().await;
}
