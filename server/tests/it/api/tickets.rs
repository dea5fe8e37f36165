//! Support tickets: kept, listed, passed on, closed and opened again.

use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn a_ticket_is_kept_listed_and_passed_on() {
    let mut stage = Stage::start().await;
    stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let all = stage.token.clone();
    let address = json!({ "supportAddress": "help@acme.example" });
    let set = stage.put("/api/settings", &address).await;
    assert_eq!(set.status, 200, "{}", set.text);
    stage.token = stage.token_with("email").await;
    let ticket = json!({ "productName": "atlas", "email": "ann@example.com",
        "subject": "It does not start", "message": "Since today." });
    let taken = stage.post("/api/support/ticket", &ticket).await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    assert_eq!(stage.get("/api/support/ticket").await.refusal().0, 403);
    for (field, value) in [
        ("productName", "Other"),
        ("email", "ann"),
        ("subject", "a\r\nb"),
        ("message", " "),
    ] {
        let mut wrong = ticket.clone();
        wrong[field] = json!(value);
        let (status, _, named) = stage.post("/api/support/ticket/", &wrong).await.refusal();
        assert_eq!((status, named.as_str()), (422, field));
    }
    stage.token = all;
    let listed = stage.read("/api/support/ticket").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["items"][0]["id"], taken.json()["id"]);
    assert_eq!(listed["items"][0]["message"], "Since today.");
    let id = taken.json()["id"].as_str().expect("an id").to_owned();
    let of_ticket = format!("/api/support/ticket/{id}");
    for (act, state) in [
        ("close", "closed"),
        ("close", "closed"),
        ("reopen", "open"),
        ("close", "closed"),
    ] {
        let done = stage.post(&format!("{of_ticket}/{act}"), &json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(done.json(), stage.read(&of_ticket).await);
        assert_eq!(done.json()["state"], state);
        assert_eq!(done.json()["closedBy"].is_string(), state == "closed");
    }
    for (query, count) in [
        ("state=open", 0),
        ("state=closed", 1),
        ("search=ANN@", 1),
        ("search=does", 0),
    ] {
        let listed = stage.read(&format!("/api/support/ticket?{query}")).await;
        assert_eq!(
            listed["items"].as_array().map(Vec::len),
            Some(count),
            "{query}"
        );
    }
    let mail = stage.read("/api/mail").await["items"][0].clone();
    assert_eq!(
        (&mail["recipient"], &mail["kind"]),
        (&json!("help@acme.example"), &json!("ticket"))
    );
    stage.stop().await;
}
