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
