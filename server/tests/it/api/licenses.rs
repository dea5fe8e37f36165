//! Licences by the JSON API: generated, listed, found.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Reply, Stage, send};

const GENERATE: &str = "/api/activationkey/generate";

async fn with_product() -> Stage {
    let stage = Stage::start().await;
    stage
        .make(
            "/api/product/",
            &json!({ "name": "Atlas", "defaultLicenseDays": 30 }),
        )
        .await;
    stage
}

fn wish(quantity: u32) -> Value {
    json!({ "productName": "atlas", "email": "Ann@Example.com", "quantity": quantity })
}

async fn generate(stage: &Stage, header: (&str, &str), body: &Value) -> Reply {
    let request = stage.request(Method::POST, GENERATE);
    send(request.header(header.0, header.1).json(body)).await
}

fn is_key(text: &str) -> bool {
    text.len() == 19 && text.split('-').all(|part| part.len() == 4)
}

#[tokio::test]
async fn the_bare_key_is_the_body_unless_json_is_asked_for() {
    let stage = with_product().await;
    let bare = generate(&stage, ("Accept", "*/*"), &wish(1)).await;
    assert_eq!(bare.status, 200);
    assert!(is_key(&bare.text), "{}", bare.text);
    assert!(
        bare.headers["content-type"]
            .to_str()
            .expect("text")
            .starts_with("text/plain")
    );
    assert_eq!(bare.headers["cache-control"], "no-store");
    let three = generate(&stage, ("Accept", "*/*"), &wish(3)).await;
    assert_eq!(three.text.lines().filter(|line| is_key(line)).count(), 3);

    let tenant = stage.tenant.to_string();
    for header in [
        ("Accept", "application/json"),
        ("X-Tenant", tenant.as_str()),
    ] {
        let answer = generate(&stage, header, &wish(2)).await.json();
        assert_eq!(answer["activationKeys"].as_array().map(Vec::len), Some(2));
        assert_eq!(answer["activationKey"], answer["activationKeys"][0]);
        assert_eq!(answer["isOffline"], false);
    }
    stage.stop().await;
}

#[tokio::test]
async fn generating_again_with_the_same_key_gives_the_same_keys() {
    let stage = with_product().await;
    let once = ("Idempotency-Key", "order-7");
    let first = generate(&stage, once, &wish(2)).await;
    let again = generate(&stage, once, &wish(2)).await;
    assert_eq!((first.status, &first.text), (200, &again.text));
    assert_eq!(first.headers["content-type"], again.headers["content-type"]);
    let all = stage.read("/api/license/").await;
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    stage.stop().await;
}

#[tokio::test]
async fn what_cannot_be_generated_names_its_field() {
    let stage = with_product().await;
    for (body, field) in [
        (json!({ "email": "a@b.example" }), "productName"),
        (
            json!({ "productName": "Other", "email": "a@b.example" }),
            "productName",
        ),
        (json!({ "productName": "Atlas", "email": "ann" }), "email"),
        (
            json!({ "productName": "Atlas", "email": "a@b.example", "quantity": 101 }),
            "quantity",
        ),
        (
            json!({ "productName": "Atlas", "email": "a@b.example", "planId": 9 }),
            "planId",
        ),
        (
            json!({ "productName": "Atlas", "email": "a@b.example", "validityDays": -1 }),
            "validityDays",
        ),
        (
            json!({ "productName": "Atlas", "email": "a@b.example", "validityDays": 36_501 }),
            "validityDays",
        ),
    ] {
        let (status, _, named) = stage.post(GENERATE, &body).await.refusal();
        assert_eq!((status, named.as_str()), (422, field), "{body}");
    }
    assert_eq!(stage.read("/api/license").await, json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn a_licence_is_found_by_its_key_however_pasted_with_its_history() {
    let stage = with_product().await;
    let key = generate(&stage, ("Accept", "*/*"), &wish(1)).await.text;
    let license = stage
        .read(&format!("/api/license/{}", key.to_lowercase()))
        .await;
    assert_eq!(license["activationKey"], key);
    assert_eq!(license["email"], "Ann@Example.com");
    assert_eq!(
        (&license["state"], &license["isActive"]),
        (&json!("active"), &json!(true))
    );
    assert_eq!(
        (&license["livemode"], &license["currentSeats"]),
        (&json!(true), &json!(0))
    );
    assert!(
        license["expirationDate"]
            .as_str()
            .is_some_and(|end| end.ends_with("T23:59:59Z"))
    );
    assert_eq!(license.get("note"), None);
    let bare = key.replace('-', "");
    let history = stage.read(&format!("/api/license/{bare}/history/")).await;
    assert_eq!(history.as_array().map(Vec::len), Some(1));
    assert_eq!(history[0]["action"], "generated");
    let program = json!({ "activationKey": key, "email": "", "hardwareId": "PC-1",
        "productName": "Atlas", "version": "2.1" });
    let activated = stage.post("/api/license/activate", &program).await;
    assert_eq!(activated.status, 200, "{}", activated.text);
    let history = stage.read(&format!("/api/license/{bare}/history/")).await;
    assert_eq!(
        (&history[0]["action"], &history[0]["version"]),
        (&json!("activated"), &json!("2.1"))
    );
    assert_eq!(history[1].get("version"), None);
    for unknown in ["0000-0000-0000-0000", "nonsense", "%00"] {
        let reply = stage.get(&format!("/api/license/{unknown}")).await;
        assert_eq!(reply.refusal().0, 404, "{unknown}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn licences_are_listed_bare_by_number_and_by_place() {
    let stage = with_product().await;
    for livemode in [true, false] {
        let mut body = wish(3);
        body["livemode"] = json!(livemode);
        stage.post(GENERATE, &body).await;
    }
    let all = stage.get("/api/license/").await;
    assert_eq!(all.json().as_array().map(Vec::len), Some(6));
    assert!(!all.headers.contains_key("x-truncated"));
    for (filter, count) in [
        ("livemode=true", 3),
        ("livemode=false", 3),
        ("email=ANN@example.com", 6),
        ("email=ann@example.co", 0),
        ("emailBeginning=ANN", 6),
        ("emailBeginning=bob", 0),
        ("state=active", 6),
        ("state=expired", 0),
        ("productId=999", 0),
    ] {
        let found = stage.read(&format!("/api/license?{filter}")).await;
        assert_eq!(found.as_array().map(Vec::len), Some(count), "{filter}");
    }
    for license in all.json().as_array().expect("a list") {
        let key = license["activationKey"].as_str().expect("a key");
        let end = key[15..].to_lowercase();
        let path = format!(
            "/api/license/?lastFour={end}&livemode={}",
            license["livemode"]
        );
        let found = stage.read(&path).await;
        let found = found.as_array().expect("a list");
        assert!(found.contains(license), "{path}");
        let has_end = |found: &Value| {
            found["activationKey"]
                .as_str()
                .is_some_and(|k| k[15..] == key[15..])
        };
        assert!(found.iter().all(has_end), "{path}");
        let csv = stage
            .get(&format!("/api/license/export.csv?lastFour={end}"))
            .await;
        assert!(
            csv.text.contains(key) && csv.text.lines().count() < 7,
            "{}",
            csv.text
        );
    }
    let page = stage.read("/api/license/?page=2&pageSize=4").await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
    assert_eq!((&page["page"], &page["pageSize"]), (&json!(2), &json!(4)));
    assert_eq!(
        (&page["totalCount"], &page["totalPages"]),
        (&json!(6), &json!(2))
    );

    let mut seen = HashSet::new();
    let mut after = String::new();
    for _ in 0..3 {
        let page = stage
            .read(&format!("/api/license/?pageSize=2&after={after}"))
            .await;
        for license in page["items"].as_array().expect("a list") {
            assert!(seen.insert(license["activationKey"].to_string()));
        }
        after = page["after"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!((seen.len(), after.as_str()), (6, ""));
    stage.stop().await;
}

#[tokio::test]
async fn a_bare_list_of_more_than_a_thousand_says_that_it_is_cut() {
    let stage = with_product().await;
    for _ in 0..11 {
        let reply = generate(&stage, ("Accept", "*/*"), &wish(100)).await;
        assert_eq!(reply.status, 200);
    }
    let all = stage.get("/api/license/").await;
    assert_eq!(all.json().as_array().map(Vec::len), Some(1_000));
    assert_eq!(all.headers["x-truncated"], "true");
    let page = stage.read("/api/license/?page=6&pageSize=200").await;
    assert_eq!(page["items"].as_array().map(Vec::len), Some(100));
    assert_eq!(
        (&page["totalCount"], &page["totalIsLowerBound"]),
        (&json!(1_100), &json!(false))
    );
    stage.stop().await;
}

#[tokio::test]
async fn numbered_pages_lead_to_the_ten_thousandth_row_and_not_one_further() {
    let stage = with_product().await;
    generate(&stage, ("Accept", "*/*"), &wish(1)).await;
    for path in ["/api/license/", "/api/license/device-history/AB"] {
        for (page, size) in [(50, 200), (10_000, 1), (3_333, 3)] {
            let last = stage
                .read(&format!("{path}?page={page}&pageSize={size}"))
                .await;
            assert_eq!(last["page"], page, "{path}");
            assert_eq!(last["items"], json!([]), "{path}");
            let next = page + 1;
            let reply = stage
                .get(&format!("{path}?page={next}&pageSize={size}"))
                .await;
            let (status, _, field) = reply.refusal();
            assert_eq!(
                (status, field.as_str()),
                (422, "page"),
                "{path}: {next} × {size}"
            );
            let leads_on = reply.text.contains("read further with `after`");
            assert!(leads_on, "{path}: {}", reply.text);
        }
    }
    stage.stop().await;
}
