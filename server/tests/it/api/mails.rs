//! The outbox by the JSON API.

use serde_json::json;

use super::stage::{SIGNING_SECRET, Stage, paid};

#[tokio::test]
async fn a_mail_is_listed_read_and_sent_again() {
    let stage = Stage::start().await;
    let (_, webhook) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    stage
        .deliver(&webhook, &paid(1, &product["id"]), SIGNING_SECRET)
        .await;
    // The server's worker may be at it too: whoever comes first takes the job.
    while engine::jobs::run_next(&stage.engine).await.expect("runs") {}
    let sent = loop {
        let page = stage.read("/api/mail?livemode=false").await;
        if page["items"][0]["state"] == "sent" {
            break page["items"][0].clone();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        (&sent["recipient"], &sent["kind"]),
        (&json!("ann@example.com"), &json!("purchase"))
    );
    let path = format!("/api/mail/{}", sent["id"].as_str().expect("an id"));
    let whole = stage.read(&path).await;
    assert_eq!(whole["log"][0]["answer"], "250 OK");
    let last_four = whole["keysLastFour"][0].as_str().expect("text");
    assert!(
        whole["body"]["text"]
            .as_str()
            .is_some_and(|text| text.contains(last_four))
    );

    let again = stage
        .make(
            &format!("{path}/resend"),
            &json!({ "email": "bob@example.com" }),
        )
        .await;
    assert_eq!(
        (&again["recipient"], &again["ordinal"]),
        (&json!("bob@example.com"), &json!(1))
    );
    assert_ne!(again["messageId"], sent["messageId"]);
    let changed = stage
        .put(&path, &json!({ "email": "bob@example.com" }))
        .await;
    assert_eq!(changed.refusal().1, "mail_sent");
    let refused = stage
        .post(&format!("{path}/resend"), &json!({ "email": "bob" }))
        .await;
    assert_eq!(refused.refusal().2, "email");
    stage.stop().await;
}
