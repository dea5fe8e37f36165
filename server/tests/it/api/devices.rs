//! Devices: those of a licence, and the history of one, page after page.

use serde_json::{Value, json};

use super::stage::Stage;

/// A key with seats for three devices.
async fn with_key() -> (Stage, String) {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "defaultLicenseDays": 30 });
    stage.make("/api/product/", &product).await;
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com", "maxSeats": 3 });
    let made = stage.post("/api/activationkey/generate", &wish).await;
    (stage, made.text)
}

async fn activate(stage: &Stage, key: &str, device: &str) {
    let body = json!({ "activationKey": key, "email": "ann@example.com", "hardwareId": device,
        "productName": "Atlas", "version": "2.0" });
    let reply = stage.post("/api/license/activate", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

async fn deactivate(stage: &Stage, key: &str, device: &str) {
    let body = json!({ "licenseKey": key, "hardwareId": device, "productName": "Atlas" });
    let reply = stage.post("/api/license/deactivate", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
}

/// Every item of a list, a page of so many after the other.
async fn every_item(stage: &Stage, path: &str, size: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page = stage
            .read(&format!("{path}?pageSize={size}&after={after}"))
            .await;
        let found = page["items"].as_array().expect("a list");
        assert!(found.len() <= size);
        items.extend(found.iter().cloned());
        match page["after"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return items,
        }
    }
}

#[tokio::test]
async fn a_licences_devices_are_read_page_after_page_and_each_stands_once() {
    let (stage, key) = with_key().await;
    for device in ["AB", "CD", "EF"] {
        activate(&stage, &key, device).await;
    }
    deactivate(&stage, &key, "CD").await;
    deactivate(&stage, &key, "AB").await;
    activate(&stage, &key, "AB").await;
    let path = format!("/api/license/{key}/devices");
    for size in [1, 2, 3, 4] {
        let mut devices = every_item(&stage, &path, size).await;
        devices.sort_by_key(|device| device["hardwareId"].to_string());
        let told: Vec<_> = devices
            .iter()
            .map(|device| (&device["hardwareId"], &device["hasSeat"]))
            .collect();
        let [yes, no] = [json!(true), json!(false)];
        assert_eq!(
            told,
            [
                (&json!("AB"), &yes),
                (&json!("CD"), &no),
                (&json!("EF"), &yes)
            ]
        );
        assert_eq!(
            (&devices[0]["version"], &devices[0]["ipAddress"]),
            (&json!("2.0"), &json!("127.0.0.1"))
        );
        assert_eq!(devices[0].get("deactivatedAt"), None);
        assert!(devices[1]["deactivatedAt"].is_string());
    }
    let unknown = "/api/license/0000-0000-0000-0000/devices";
    assert_eq!(stage.get(unknown).await.status, 404);
    let nonsense = stage.get(&format!("{path}?after=x")).await.refusal();
    assert_eq!((nonsense.0, nonsense.2.as_str()), (422, "after"));
    stage.stop().await;
}

#[tokio::test]
async fn a_devices_history_goes_on_after_each_page_as_its_numbered_pages_do() {
    let (stage, key) = with_key().await;
    for _ in 0..2 {
        activate(&stage, &key, "AB").await;
        deactivate(&stage, &key, "AB").await;
    }
    let path = "/api/license/device-history/ab";
    let numbered = stage.read(path).await;
    assert_eq!(numbered["totalCount"], 4);
    for size in [1, 3, 4, 5] {
        let all = every_item(&stage, path, size).await;
        assert_eq!(json!(all), numbered["items"], "{size}");
    }
    for query in ["after=x", "after=&page=1", "after=&pageSize=201"] {
        let refused = stage.get(&format!("{path}?{query}")).await;
        assert_eq!(refused.refusal().0, 422, "{query}");
    }
    stage.stop().await;
}

/// A product with a trial of two weeks, and devices that have asked for it.
async fn with_trials(devices: &[&str]) -> (Stage, i64) {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "trialDays": 14 });
    let made = stage.make("/api/product/", &product).await;
    for device in devices {
        let judged = ask_for_trial(&stage, device).await;
        assert_eq!(judged["status"], "trial");
    }
    (stage, made["id"].as_i64().expect("an id"))
}

async fn ask_for_trial(stage: &Stage, device: &str) -> Value {
    let body = json!({ "hardwareId": device, "productName": "Atlas", "version": "1.0" });
    stage.post("/api/license/validate", &body).await.json()
}

fn ids(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("a list");
    let ids = items.iter().map(|device| device["hardwareId"].as_str());
    ids.flatten().collect()
}

#[tokio::test]
async fn devices_are_listed_by_state_and_beginning_page_after_page() {
    let (stage, product) = with_trials(&["LAB-1", "LAB-2", "PC 3"]).await;
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let key = stage.post("/api/activationkey/generate", &wish).await.text;
    activate(&stage, &key, "LAB-2").await;
    for (query, expected) in [
        ("order=hardware_id", vec!["LAB-1", "LAB-2", "PC3"]),
        ("order=first_seen", vec!["PC3", "LAB-2", "LAB-1"]),
        ("hardwareId=lab", vec!["LAB-1", "LAB-2"]),
        ("state=activated", vec!["LAB-2"]),
        ("hardwareId=lab&state=on_trial", vec!["LAB-1"]),
        ("state=trial_used", vec![]),
        ("productId=999", vec![]),
    ] {
        let page = stage.read(&format!("/api/device?{query}")).await;
        assert_eq!(ids(&page), expected, "{query}");
        assert_eq!(page["after"], Value::Null, "{query}");
    }
    for size in [1, 2, 3, 4] {
        let all = every_item(&stage, "/api/device", size).await;
        assert_eq!(all.len(), 3, "{size}");
    }
    let licensed = stage.read(&format!("/api/device/{product}/lab-2")).await;
    assert_eq!(licensed["state"], "activated");
    assert_eq!(licensed["keyEndsWith"], json!(key[key.len() - 4..]));
    deactivate(&stage, &key, "LAB-2").await;
    let used = stage.read("/api/device?state=trial_used").await;
    assert_eq!(ids(&used), ["LAB-2"]);
    for (query, field) in [
        ("state=gone", "state"),
        ("order=x", "order"),
        ("after=x", "after"),
        ("productId=x", "productId"),
        ("pageSize=201", "pageSize"),
    ] {
        let refused = stage.get(&format!("/api/device?{query}")).await.refusal();
        assert_eq!((refused.0, refused.2.as_str()), (422, field), "{query}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_trials_end_is_moved_by_hand_and_by_no_program() {
    let (stage, product) = with_trials(&["LAB/1 %"]).await;
    let path = format!("/api/device/{product}/lab%2F1%25");
    let change = async |end: &str| stage.put(&path, &json!({ "trialEndsAt": end })).await;
    let moved = change("2031-12-31").await.json();
    assert_eq!(moved["trialEndsAt"], "2031-12-31T23:59:59Z");
    let judged = ask_for_trial(&stage, "LAB/1 %").await;
    assert_eq!(judged["expirationDate"], "2031-12-31T23:59:59Z");
    let first_seen = moved["firstSeenAt"].as_str().expect("a time");
    assert_eq!(change(first_seen).await.status, 200);
    let over = ask_for_trial(&stage, "lab/1%").await;
    assert_eq!(over["code"], "trial_over");
    for end in ["", "never", "2001-01-01", "2049-12-31"] {
        let refused = change(end).await.refusal();
        assert_eq!(
            (refused.0, refused.2.as_str()),
            (422, "trialEndsAt"),
            "{end}"
        );
    }
    let history = stage.read("/api/license/device-history/lab%2F1%25").await;
    assert_eq!(history["items"][0]["action"], "trial_changed");
    assert_eq!(history["totalCount"], 3, "{history}");
    let unknown = stage.get(&format!("/api/device/{product}/ghost")).await;
    assert_eq!(unknown.refusal().0, 404);
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let key = stage.post("/api/activationkey/generate", &wish).await.text;
    activate(&stage, &key, "LAB/1 %").await;
    let refused = change("2031-12-31").await.refusal();
    assert_eq!((refused.0, refused.2.as_str()), (422, "trialEndsAt"));
    stage.stop().await;
}
