//! Taking all licences along: one streamed file, the same that the list has.

use std::collections::HashSet;

use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn all_licences_come_as_one_file_that_is_named_by_its_day() {
    let stage = Stage::start().await;
    let product = json!({ "name": "=Atlas" });
    stage.make("/api/product/", &product).await;
    let mut made = HashSet::new();
    for _ in 0..11 {
        let wish = json!({ "productName": "=Atlas", "email": "ann@example.com", "quantity": 100 });
        let keys = stage.post("/api/activationkey/generate", &wish).await.text;
        made.extend(keys.lines().map(str::to_owned));
    }
    let reply = stage.get("/api/license/export.csv?livemode=true").await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let header = |name: &str| reply.headers[name].to_str().expect("text").to_owned();
    assert!(header("content-type").starts_with("text/csv; charset=utf-8"));
    let file = header("content-disposition");
    assert!(
        file.starts_with("attachment; filename=\"license-keys-20"),
        "{file}"
    );
    assert_eq!(header("cache-control"), "no-store");
    let mut lines = reply.text.split_terminator("\r\n");
    assert!(
        lines
            .next()
            .is_some_and(|names| names.starts_with("activationKey,email,"))
    );
    let found: Vec<_> = lines.filter_map(|line| line.split_once(',')).collect();
    assert!(found.iter().all(|(_, rest)| rest.contains(",'=Atlas,")));
    assert_eq!(found.len(), made.len());
    let found: HashSet<_> = found.into_iter().map(|(key, _)| key.to_owned()).collect();
    assert_eq!(found, made);
    let test = stage
        .get("/api/license/export.csv/?livemode=false")
        .await
        .text;
    assert_eq!(test.lines().count(), 1, "only the names: {test}");
    let log = stage.read("/api/change?verb=licenses_exported").await;
    assert_eq!(log["items"].as_array().map(Vec::len), Some(2), "{log}");
    let by_others = stage
        .read("/api/change?verb=licenses_exported&actor=ann")
        .await;
    assert_eq!(by_others["items"], json!([]));
    let refused = stage
        .get("/api/license/export.csv?state=gone")
        .await
        .refusal();
    assert_eq!((refused.0, refused.2.as_str()), (422, "state"));
    stage.stop().await;
}

#[tokio::test]
async fn a_browser_without_a_session_is_sent_to_the_door() {
    let stage = Stage::start().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let request = stage.anonymous(reqwest::Method::GET, "/licenses/export.csv");
    let request = request.build().expect("a request");
    let response = client.execute(request).await.expect("is answered");
    assert_eq!(response.status().as_u16(), 303);
    assert_eq!(response.headers()["location"], "/sign-in?next=%2Flicenses");
    stage.stop().await;
}
