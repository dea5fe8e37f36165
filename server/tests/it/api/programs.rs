//! What programs in the field call: activate, validate, deactivate, seats, features.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Reply, Stage, send};

pub const GENERATE: &str = "/api/activationkey/generate";
const ACTIVATE: &str = "/api/license/activate";
const VALIDATE: &str = "/api/license/validate";
const DEACTIVATE: &str = "/api/license/deactivate";

pub async fn with_product(more: Value) -> Stage {
    let stage = Stage::start().await;
    let mut product = json!({ "name": "Atlas", "version": "2.1", "trialDays": 14,
        "defaultLicenseDays": 30, "features": "maps,export" });
    if let (Some(product), Value::Object(more)) = (product.as_object_mut(), more) {
        product.extend(more);
    }
    stage.make("/api/product/", &product).await;
    stage
}

/// A live key with so many seats.
pub async fn new_key(stage: &Stage, more: Value) -> String {
    let mut wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    if let (Some(wish), Value::Object(more)) = (wish.as_object_mut(), more) {
        wish.extend(more);
    }
    let request = stage.request(Method::POST, GENERATE).json(&wish);
    let made = send(request.header("Accept", "*/*")).await;
    assert_eq!(made.status, 200, "{}", made.text);
    made.text
}

pub async fn activate(stage: &Stage, key: &str, device: &str) -> Reply {
    let body = json!({ "activationKey": key, "email": "ann@example.com", "hardwareId": device,
        "productName": "atlas", "version": "2.0" });
    stage.post(ACTIVATE, &body).await
}

pub async fn validate(stage: &Stage, body: &Value) -> Value {
    let reply = stage.post(VALIDATE, body).await;
    assert_eq!(reply.status, 200, "{body}: {}", reply.text);
    reply.json()
}

async fn deactivate(stage: &Stage, key: &str, device: &str) -> Reply {
    let body = json!({ "licenseKey": key, "hardwareId": device, "productName": "Atlas" });
    stage.post(DEACTIVATE, &body).await
}

pub fn verdict(answer: &Value) -> (bool, String, String) {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    (
        answer["isValid"] == json!(true),
        text("status"),
        text("code"),
    )
}

#[tokio::test]
async fn a_key_is_activated_validated_and_given_back_on_one_device() {
    let stage = with_product(json!({})).await;
    let key = new_key(&stage, json!({})).await;
    let ask = |device: &str| json!({ "activationKey": key, "hardwareId": device });
    let before = validate(&stage, &ask("ab 12")).await;
    assert_eq!(
        verdict(&before),
        (false, "invalid".into(), "not_activated".into())
    );

    let activated = activate(&stage, &key.to_lowercase(), "ab 12").await;
    assert_eq!(activated.status, 200, "{}", activated.text);
    insta::assert_json_snapshot!("activated", activated.json(), {
        ".activationKey" => "[key]", ".createdAt" => "[time]", ".activationDate" => "[time]",
        ".expirationDate" => "[end]",
    });
    let again = activate(&stage, &key, "AB12").await;
    assert_eq!((again.status, &again.text), (200, &activated.text));

    let valid = validate(&stage, &ask("AB12")).await;
    insta::assert_json_snapshot!("licensed", valid, { ".expirationDate" => "[end]" });
    let elsewhere = validate(&stage, &ask("CD34")).await;
    assert_eq!(verdict(&elsewhere).2, "hardware_mismatch");
    assert_eq!(activate(&stage, &key, "CD34").await.refusal().0, 409);

    let (status, code, _) = deactivate(&stage, &key, "CD34").await.refusal();
    assert_eq!((status, code.as_str()), (409, "hardware_mismatch"));
    for _ in 0..2 {
        let given_back = deactivate(&stage, &key, "ab12").await;
        assert_eq!(
            (given_back.status, given_back.json()),
            (200, json!({ "isDeactivated": true }))
        );
    }
    let after = validate(&stage, &ask("AB12")).await;
    assert_eq!(verdict(&after).2, "not_activated");
    assert_eq!(activate(&stage, &key, "CD34").await.status, 200);

    let history = stage.read(&format!("/api/license/{key}/history")).await;
    let actions: Vec<_> = history
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| &line["action"])
        .collect();
    assert_eq!(
        actions,
        ["activated", "deactivated", "activated", "generated"]
    );
    assert_eq!(history[1]["hardwareId"], "AB12");
    assert_eq!(history[1]["ipAddress"], "127.0.0.1");
    let device = stage
        .read("/api/license/device-history/ab%2012?pageSize=1")
        .await;
    assert_eq!(
        (&device["totalCount"], &device["totalPages"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(device["items"][0]["action"], "deactivated");
    stage.stop().await;
}

#[tokio::test]
async fn a_repeated_activation_tells_of_the_device_that_asks_whoever_came_after_it() {
    let stage = with_product(json!({})).await;
    let key = new_key(&stage, json!({ "maxSeats": 3 })).await;
    let with = async |device: &str, version: Value| {
        let body = json!({ "activationKey": key, "hardwareId": device, "productName": "Atlas",
            "version": version });
        let reply = stage.post(ACTIVATE, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    };
    let first = with("AB", json!("2.0")).await;
    assert_eq!(
        (&first["hardwareId"], &first["version"]),
        (&json!("AB"), &json!("2.0"))
    );
    assert!(first["activationDate"].is_string(), "{first}");
    let second = with("CD", json!("2.1")).await;
    assert_eq!(
        (&second["hardwareId"], &second["version"]),
        (&json!("CD"), &json!("2.1"))
    );
    let third = with("EF", json!(null)).await;
    assert_eq!(
        (&third["hardwareId"], third.get("version")),
        (&json!("EF"), None)
    );
    for (device, before) in [("AB", &first), ("CD", &second), ("EF", &third)] {
        let mut again = with(device, before["version"].clone()).await;
        assert_eq!(again["currentSeats"], 3);
        again["currentSeats"] = before["currentSeats"].clone();
        assert_eq!(&again, before);
    }
    stage.stop().await;
}

#[tokio::test]
async fn each_refusal_of_an_activation_has_its_status_and_its_word() {
    let stage = with_product(json!({})).await;
    stage
        .make(
            "/api/product/",
            &json!({ "name": "Borealis", "defaultLicenseDays": 30 }),
        )
        .await;
    let change = async |key: &str, what: &str| {
        let reply = stage
            .post(&format!("/api/license/{key}/{what}/"), &json!({}))
            .await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    let refused = async |key: &str, product: &str| {
        let body = json!({ "activationKey": key, "email": "", "hardwareId": "AB",
            "productName": product });
        let (status, code, _) = stage.post(ACTIVATE, &body).await.refusal();
        (status, code)
    };
    let key = new_key(&stage, json!({})).await;
    assert_eq!(
        refused("0000-0000-0000-0000", "Atlas").await,
        (404, "invalid_key".into())
    );
    assert_eq!(refused("hello", "Atlas").await, (404, "invalid_key".into()));
    assert_eq!(
        refused(&key, "Borealis").await,
        (409, "product_mismatch".into())
    );
    assert_eq!(
        refused(&key, "Nothing").await,
        (409, "product_mismatch".into())
    );
    change(&key, "suspend").await;
    assert_eq!(refused(&key, "Atlas").await, (403, "suspended".into()));
    change(&key, "revoke").await;
    assert_eq!(refused(&key, "Atlas").await, (403, "revoked".into()));
    change(&key, "reinstate").await;
    assert_eq!(activate(&stage, &key, "AB").await.status, 200);
    let body = json!({ "activationKey": key, "hardwareId": "CD", "productName": "Atlas" });
    let taken = stage.post(ACTIVATE, &body).await;
    assert_eq!(taken.refusal().1, "already_activated");
    assert_eq!(taken.json()["serverVersion"], "2.1");

    let update = json!({ "minimumRequiredVersion": "2.0", "enforceVersionCheck": true });
    let product = stage.read("/api/product/").await[0]["id"].to_string();
    assert_eq!(
        stage
            .put(&format!("/api/product/{product}"), &update)
            .await
            .status,
        200
    );
    let old = json!({ "activationKey": key, "hardwareId": "AB", "productName": "Atlas",
        "version": "1.9" });
    let outdated = stage.post(ACTIVATE, &old).await;
    assert_eq!(
        (outdated.refusal().0, outdated.refusal().1.as_str()),
        (409, "version_outdated")
    );
    assert_eq!(outdated.json()["minimumRequiredVersion"], "2.0");
    assert_eq!(verdict(&validate(&stage, &old).await).1, "version_outdated");
    stage.stop().await;
}

#[tokio::test]
async fn an_activation_notes_what_is_an_address_and_leaves_out_what_is_none() {
    let stage = with_product(json!({})).await;
    let key = new_key(&stage, json!({ "maxSeats": 2 })).await;
    let path = format!("/api/license/{key}");
    let nobody = stage.put(&path, &json!({ "email": "" })).await;
    assert_eq!(nobody.json()["email"], "");
    for (device, email, holder) in [
        ("AB", "Ann", ""),
        ("CD", "ann@example.com", "ann@example.com"),
    ] {
        let body = json!({ "activationKey": key, "email": email, "hardwareId": device,
            "productName": "Atlas", "version": "2.0" });
        let reply = stage.post(ACTIVATE, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(stage.read(&path).await["email"], holder, "{email}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn of_fifty_devices_that_race_for_five_seats_five_win_and_the_others_are_told_what_to_do() {
    let stage = with_product(json!({})).await;
    let key = new_key(&stage, json!({ "maxSeats": 5 })).await;
    let devices: Vec<String> = (0..50).map(|n| format!("DEVICE{n}")).collect();
    let race = devices.iter().map(|device| activate(&stage, &key, device));
    let (won, lost): (Vec<Reply>, Vec<Reply>) = join_all(race)
        .await
        .into_iter()
        .partition(|reply| reply.status == 200);
    assert_eq!((won.len(), lost.len()), (5, 45));
    for reply in lost {
        assert_eq!(
            (reply.refusal().0, reply.refusal().1.as_str()),
            (409, "seats_exhausted")
        );
        assert!(
            reply.text.contains("Deactivate it on another device"),
            "{}",
            reply.text
        );
    }
    let usage = stage.read(&format!("/api/license/{key}/usage/")).await;
    let expected = json!({ "currentSeats": 5, "maxSeats": 5, "hasCapacity": false,
        "isUnlimited": false });
    assert_eq!(usage, expected);
    let winner = won[0].json()["hardwareId"].clone();
    let again = activate(&stage, &key, winner.as_str().expect("a device"))
        .await
        .json();
    assert_eq!(
        again["hardwareId"], winner,
        "nobody is told of other devices"
    );
    let single = new_key(&stage, json!({})).await;
    assert_eq!(
        stage
            .get(&format!("/api/license/{single}/usage"))
            .await
            .refusal()
            .0,
        404
    );
    stage.stop().await;
}

#[tokio::test]
async fn fifty_first_contacts_of_a_device_at_once_have_one_date_for_ever() {
    let stage = with_product(json!({})).await;
    let spellings = ["ab12", " AB 12 ", "Ab12", "a b 1 2"];
    let race = (0..50).map(|n| {
        let body = json!({ "hardwareId": spellings[n % 4], "productName": "ATLAS" });
        let stage = &stage;
        async move { validate(stage, &body).await }
    });
    let answers = join_all(race).await;
    let date = answers[0]["expirationDate"].clone();
    for answer in &answers {
        assert_eq!(verdict(answer), (true, "trial".into(), "ok".into()));
        assert_eq!(answer["expirationDate"], date);
    }
    assert_eq!(answers[0]["features"], json!(["maps", "export"]));
    let product = stage.read("/api/product/").await[0]["id"].to_string();
    let renamed = json!({ "name": "Atlas Studio", "trialDays": 90 });
    assert_eq!(
        stage
            .put(&format!("/api/product/{product}"), &renamed)
            .await
            .status,
        200
    );
    for name in ["atlas", "atlas studio"] {
        let body = json!({ "activationKey": "", "hardwareId": "AB12", "productName": name });
        assert_eq!(validate(&stage, &body).await["expirationDate"], date);
    }
    let history = stage.read("/api/license/device-history/AB12").await;
    assert_eq!(history["totalCount"], 1);
    stage.stop().await;
}

#[tokio::test]
async fn who_ever_had_a_key_has_no_trial_and_an_unknown_product_has_none() {
    let stage = with_product(json!({})).await;
    let key = new_key(&stage, json!({})).await;
    assert_eq!(activate(&stage, &key, "AB").await.status, 200);
    assert_eq!(deactivate(&stage, &key, "AB").await.status, 200);
    let trial = json!({ "hardwareId": "AB", "productName": "Atlas" });
    assert_eq!(verdict(&validate(&stage, &trial).await).2, "trial_used");
    for body in [
        json!({ "hardwareId": "AB" }),
        json!({ "hardwareId": "AB", "productName": "X" }),
    ] {
        let answer = validate(&stage, &body).await;
        assert_eq!(
            verdict(&answer),
            (false, "invalid".into(), "not_found".into())
        );
        assert!(answer["expirationDate"].is_string());
    }
    stage.stop().await;
}

#[tokio::test]
async fn features_are_told_for_a_valid_key_alone() {
    let stage = with_product(json!({})).await;
    let key = new_key(&stage, json!({})).await;
    let ask = json!({ "activationKey": key });
    let features = async || stage.post("/api/license/features/csv", &ask).await.json();
    assert_eq!(features().await, json!({ "features": "maps,export" }));
    stage
        .post(&format!("/api/license/{key}/revoke"), &json!({}))
        .await;
    assert_eq!(features().await, json!({ "features": "" }));
    let unknown = json!({ "activationKey": "0000-0000-0000-0000" });
    let (status, code, _) = stage
        .post("/api/license/features/csv", &unknown)
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (404, "invalid_key"));
    stage.stop().await;
}

#[tokio::test]
async fn a_licence_that_rests_between_deactivations_says_when_to_come_again() {
    let stage = with_product(json!({ "deactivationCooldownHours": 24 })).await;
    let key = new_key(&stage, json!({ "maxSeats": 2 })).await;
    for device in ["AB", "CD"] {
        assert_eq!(activate(&stage, &key, device).await.status, 200);
    }
    assert_eq!(deactivate(&stage, &key, "AB").await.status, 200);
    let refused = deactivate(&stage, &key, "CD").await;
    assert_eq!(
        (refused.refusal().0, refused.refusal().1.as_str()),
        (429, "cooldown")
    );
    assert!(refused.headers.contains_key("retry-after"));
    stage.stop().await;
}
