//! The guide's two events alone, with metadata on the session only: a payment intent that names no
//! product belongs to the order that knows it.

use serde_json::{Value, json};

use super::fixture::{COMPLETED, SUCCEEDED, Shop, event};

fn bare(patch: &Value) -> Value {
    let mut bare = json!({ "metadata": null });
    for (name, value) in patch.as_object().expect("an object") {
        bare[name] = value.clone();
    }
    bare
}

#[tokio::test]
async fn it_brings_the_address_that_the_session_lacked() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({ "customer_details": null }));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    let intent = shop.intent(1, bare(&json!({ "receipt_email": "late@example.com" })));
    let outcome = shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    assert_eq!(outcome, "same payment, nothing to do, mail queued");
    shop.t.run_due_jobs().await;
    assert_eq!(shop.keys().await.len(), 1);
    assert_eq!(shop.t.mailer.sent()[0].to, "late@example.com");
}

#[tokio::test]
async fn it_completes_a_delayed_payment_as_the_session_told_it() {
    let shop = Shop::open().await;
    let waiting = json!({ "payment_status": "unpaid", "metadata": { "quantity": "3" } });
    let session = shop.session(1, waiting);
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    let intent = shop.intent(1, bare(&json!({})));
    let body = event("evt_2", SUCCEEDED, &intent);
    assert_eq!(shop.deliver(&body).await, "3 keys issued, mail queued");
    assert_eq!(shop.deliver(&body).await, "received before (fulfilled)");
    assert_eq!(shop.line("evt_1").await.processing, "fulfilled");
    shop.t.run_due_jobs().await;
    assert_eq!(shop.keys().await.len(), 3);
    assert_eq!(shop.t.mailer.sent().len(), 1);
}

#[tokio::test]
async fn one_that_no_order_knows_is_ignored_as_not_ours() {
    let shop = Shop::open().await;
    let intent = shop.intent(1, bare(&json!({})));
    let outcome = shop.deliver(&event("evt_1", SUCCEEDED, &intent)).await;
    assert!(outcome.contains("names no productId"), "{outcome}");
    // The session that comes after it issues nevertheless.
    let session = shop.session(1, json!({}));
    shop.deliver(&event("evt_2", COMPLETED, &session)).await;
    assert_eq!(shop.keys().await.len(), 1);
}

#[tokio::test]
async fn it_wakes_no_dismissed_and_no_reviewed_order() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({ "metadata": { "quantity": "x" } }));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    let intent = shop.intent(1, bare(&json!({})));
    let outcome = shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    assert!(outcome.starts_with("needs review"), "{outcome}");
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn one_that_comes_before_its_unpaid_session_is_not_forgotten() {
    let shop = Shop::open().await;
    let intent = shop.intent(1, bare(&json!({ "receipt_email": "early@example.com" })));
    let outcome = shop.deliver(&event("evt_1", SUCCEEDED, &intent)).await;
    assert!(outcome.contains("names no productId"), "{outcome}");
    assert!(shop.keys().await.is_empty());
    let unpaid = json!({ "payment_status": "unpaid", "customer_details": null });
    let session = shop.session(1, unpaid);
    let outcome = shop.deliver(&event("evt_2", COMPLETED, &session)).await;
    assert_eq!(outcome, "1 key issued, mail queued");
    shop.t.run_due_jobs().await;
    assert_eq!(shop.keys().await.len(), 1);
    assert_eq!(shop.t.mailer.sent()[0].to, "early@example.com");
}

#[tokio::test]
async fn twins_of_one_that_nobody_knows_yet_are_remembered_once() {
    let shop = Shop::open().await;
    let intent = shop.intent(1, bare(&json!({})));
    shop.deliver(&event("evt_1", SUCCEEDED, &intent)).await;
    shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    let session = shop.session(1, json!({}));
    shop.deliver(&event("evt_3", COMPLETED, &session)).await;
    assert_eq!(shop.keys().await.len(), 1);
}

#[tokio::test]
async fn a_second_payment_told_under_one_session_gets_its_own_keys() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({}));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    let again = shop.session(1, json!({ "payment_intent": "pi_another" }));
    let outcome = shop.deliver(&event("evt_2", COMPLETED, &again)).await;
    assert_eq!(outcome, "1 key issued, mail queued");
    assert_eq!(shop.keys().await.len(), 2);
}
