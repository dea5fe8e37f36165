//! What a key unlocks: the words of its product, then its plan's, then its own.

use domain::offline_code::OfflineCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Stage, send};

const DEVICE: &str = "AB12";

/// A product and a plan with features, and the plan's id.
async fn with_plan() -> (Stage, Value) {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "features": "maps,export", "defaultLicenseDays": 30 });
    stage.make("/api/product/", &product).await;
    let plan = json!({ "name": "Studio", "durationDays": 90, "features": ["export", "api"] });
    let made = stage.make("/api/plan", &plan).await;
    assert_eq!(made["features"], json!(["export", "api"]));
    (stage, made["id"].clone())
}

/// A key of the plan, with a code for the device on which it is activated.
async fn generated(stage: &Stage, plan: Option<&Value>) -> Value {
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com", "planId": plan,
        "hardwareId": DEVICE });
    let request = stage.request(Method::POST, "/api/activationkey/generate");
    let made = send(request.header("Accept", "application/json").json(&wish)).await;
    assert_eq!(made.status, 200, "{}", made.text);
    made.json()
}

async fn unlocked(stage: &Stage, key: &Value) -> Value {
    let body = json!({ "activationKey": key, "hardwareId": DEVICE });
    let answer = stage.post("/api/license/validate", &body).await.json();
    assert_eq!(answer["code"], "ok");
    let csv = stage
        .post(
            "/api/license/features/csv",
            &json!({ "activationKey": key }),
        )
        .await
        .json();
    let words = answer["features"].as_array().expect("a list");
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    assert_eq!(csv["features"], words.join(","));
    answer["features"].clone()
}

/// What a code tells a program that is offline.
fn told_offline(made: &Value) -> Vec<String> {
    let code = made["offlineCode"].as_str().and_then(OfflineCode::parse);
    let payload = code.expect("a code").open(|_, _| true);
    payload.expect("says something").features
}

#[tokio::test]
async fn a_key_of_a_plan_unlocks_the_products_words_then_the_plans_each_once() {
    let (stage, plan) = with_plan().await;
    let made = generated(&stage, Some(&plan)).await;
    let all = ["maps", "export", "api"];
    assert_eq!(unlocked(&stage, &made["activationKey"]).await, json!(all));
    assert_eq!(unlocked(&stage, &made["offlineCode"]).await, json!(all));
    assert_eq!(told_offline(&made), all);
    let without = generated(&stage, None).await;
    let products = ["maps", "export"];
    assert_eq!(
        unlocked(&stage, &without["activationKey"]).await,
        json!(products)
    );
    assert_eq!(told_offline(&without), products);
    stage.stop().await;
}

#[tokio::test]
async fn keys_that_were_sold_follow_a_change_of_their_plan_and_codes_say_what_they_said() {
    let (stage, plan) = with_plan().await;
    let made = generated(&stage, Some(&plan)).await;
    let change = json!({ "id": plan, "features": "beta", "isActive": false });
    let changed = stage.post("/api/plan", &change).await;
    assert_eq!(changed.json()["features"], json!(["beta"]));
    let now = json!(["maps", "export", "beta"]);
    assert_eq!(unlocked(&stage, &made["activationKey"]).await, now);
    assert_eq!(told_offline(&made), ["maps", "export", "api"]);
    stage.stop().await;
}
