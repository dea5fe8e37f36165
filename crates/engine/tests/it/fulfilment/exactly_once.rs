//! The same payment told once, twice, in any order, by any app: keys once, one mail.

use engine::orders::success::{self, Success};
use serde_json::{Value, json};

use super::fixture::{
    ASYNC_FAILED, ASYNC_SUCCEEDED, COMPLETED, SECRET, SUCCEEDED, Shop, add_app, event,
};

impl Shop {
    /// Does what is queued, and asserts that there are so many keys and mails.
    async fn assert_has(&self, keys: usize, mails: usize) {
        self.t.run_due_jobs().await;
        assert_eq!(self.keys().await.len(), keys, "keys");
        assert_eq!(self.t.mailer.sent().len(), mails, "mails");
    }
}

fn unpaid() -> Value {
    json!({ "payment_status": "unpaid" })
}

#[tokio::test]
async fn the_same_event_twice_makes_one_key() {
    let shop = Shop::open().await;
    let body = event("evt_1", COMPLETED, &shop.session(1, json!({})));
    shop.deliver(&body).await;
    assert_eq!(shop.deliver(&body).await, "received before (fulfilled)");
    shop.assert_has(1, 1).await;
    assert_eq!(shop.line("evt_1").await.receipts, 2);
}

#[tokio::test]
async fn both_events_of_a_payment_make_one_key_in_either_order() {
    for session_first in [true, false] {
        let shop = Shop::open().await;
        let mut events = [
            event("evt_1", COMPLETED, &shop.session(1, json!({}))),
            event("evt_2", SUCCEEDED, &shop.intent(1, json!({}))),
        ];
        if !session_first {
            events.reverse();
        }
        shop.deliver(&events[0]).await;
        let second = shop.deliver(&events[1]).await;
        let expected = if session_first {
            "same payment, nothing to do"
        } else {
            "same payment, nothing to do, mail queued"
        };
        assert_eq!(second, expected);
        shop.assert_has(1, 1).await;
        assert_eq!(shop.keys().await[0].email, "maria@example.com");
    }
}

#[tokio::test]
async fn an_address_that_comes_only_with_the_second_event_gets_the_one_mail() {
    let shop = Shop::open().await;
    let nobody = json!({ "customer_details": null });
    let session = shop.session(1, nobody);
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    shop.assert_has(1, 0).await;
    assert_eq!(shop.keys().await[0].email, "");
    let intent = shop.intent(1, json!({ "receipt_email": "late@example.com" }));
    shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    shop.assert_has(1, 1).await;
    assert_eq!(shop.keys().await[0].email, "late@example.com");
    assert_eq!(shop.t.mailer.sent()[0].to, "late@example.com");
}

#[tokio::test]
async fn the_two_events_at_the_same_instant_make_one_key() {
    let shop = Shop::open().await;
    for number in 1..=20 {
        let session = event(
            &format!("evt_s{number}"),
            COMPLETED,
            &shop.session(number, json!({})),
        );
        let intent = event(
            &format!("evt_i{number}"),
            SUCCEEDED,
            &shop.intent(number, json!({})),
        );
        let (one, two) = (session.clone(), intent.clone());
        futures::join!(
            shop.deliver(&session),
            shop.deliver(&intent),
            shop.deliver(&one),
            shop.deliver(&two)
        );
    }
    shop.assert_has(20, 20).await;
}

#[tokio::test]
async fn a_delayed_payment_issues_when_it_arrives_and_only_once() {
    let shop = Shop::open().await;
    let waiting = event("evt_1", COMPLETED, &shop.session(1, unpaid()));
    assert_eq!(
        shop.deliver(&waiting).await,
        "waiting for the payment to arrive"
    );
    assert_eq!(shop.line("evt_1").await.processing, "waiting");
    shop.assert_has(0, 0).await;
    let paid = shop.session(1, json!({}));
    shop.deliver(&event("evt_2", ASYNC_SUCCEEDED, &paid)).await;
    let intent = shop.intent(1, json!({}));
    shop.deliver(&event("evt_3", SUCCEEDED, &intent)).await;
    shop.assert_has(1, 1).await;
    assert_eq!(shop.line("evt_1").await.processing, "fulfilled");
}

#[tokio::test]
async fn a_delayed_payment_that_fails_issues_nothing_and_the_buyer_is_told_once() {
    let shop = Shop::open().await;
    let session = shop.session(1, unpaid());
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    shop.deliver(&event("evt_2", ASYNC_FAILED, &session)).await;
    shop.deliver(&event("evt_2", ASYNC_FAILED, &session)).await;
    shop.assert_has(0, 1).await;
    assert!(shop.t.mailer.sent()[0].subject.contains("did not arrive"));
    assert_eq!(shop.line("evt_1").await.processing, "ignored");
    let page = success::execute(&shop.t.engine, "cs_test_1").await;
    assert!(matches!(page, Ok(Success::Failed)));
}

#[tokio::test]
async fn a_failure_that_overtakes_the_completed_session_leaves_nothing_waiting() {
    let shop = Shop::open().await;
    let session = shop.session(1, unpaid());
    shop.deliver(&event("evt_2", ASYNC_FAILED, &session)).await;
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    shop.assert_has(0, 1).await;
    assert_eq!(shop.line("evt_1").await.processing, "ignored");
}

#[tokio::test]
async fn a_completed_session_that_comes_after_its_payment_waits_for_nothing() {
    let shop = Shop::open().await;
    let paid = shop.session(1, json!({}));
    shop.deliver(&event("evt_2", ASYNC_SUCCEEDED, &paid)).await;
    let session = shop.session(1, unpaid());
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    shop.assert_has(1, 1).await;
    assert_eq!(shop.line("evt_1").await.processing, "fulfilled");
}

#[tokio::test]
async fn a_payment_that_arrives_after_its_failure_was_told_still_issues() {
    let shop = Shop::open().await;
    let session = shop.session(1, unpaid());
    shop.deliver(&event("evt_1", ASYNC_FAILED, &session)).await;
    let intent = shop.intent(1, json!({}));
    shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    shop.assert_has(1, 2).await;
}

#[tokio::test]
async fn a_failed_verification_is_fulfilled_by_stripes_retry_once_the_secret_is_corrected() {
    let shop = Shop::open().await;
    let corrected = "whsec_correctedcorrectedcorrected3";
    let body = event("evt_1", COMPLETED, &shop.session(1, json!({})));
    shop.post_signed(corrected, &body).await;
    shop.assert_has(0, 0).await;
    assert_eq!(shop.line("evt_1").await.status, "failed");
    shop.change_app(json!({ "webhookSigningSecret": corrected }))
        .await;
    shop.t.clock.advance_seconds(3_600);
    shop.post_signed(corrected, &body).await;
    shop.assert_has(1, 1).await;
    // The refused attempt leaves the log: the event came again and was verified.
    assert_eq!(shop.line("evt_1").await.status, "verified");
}

#[tokio::test]
async fn an_app_archived_and_added_again_issues_nothing_twice() {
    let mut shop = Shop::open().await;
    let body = event("evt_1", COMPLETED, &shop.session(1, json!({})));
    shop.deliver(&body).await;
    let actor = shop.t.system();
    engine::stripe::apps::archive::execute(&shop.t.engine, &actor, shop.app)
        .await
        .expect("the app is archived");
    let header = domain::stripe_signature::sign(SECRET, shop.t.engine.now(), body.as_bytes());
    let shared = engine::stripe::receive_event::Target::Shared;
    let answer = shop.post_to(shared, Some(&header), &body).await;
    assert!(
        matches!(answer, engine::stripe::receive_event::Answer::Refused(_)),
        "an archived app verifies nothing"
    );
    (shop.app, shop.public_id) = add_app(&shop.t, &actor, json!({})).await;
    assert_eq!(shop.deliver(&body).await, "received before (fulfilled)");
    let intent = shop.intent(1, json!({}));
    shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    shop.assert_has(1, 1).await;
}

#[tokio::test]
async fn two_apps_on_one_account_issue_once() {
    let mut shop = Shop::open().await;
    let body = event("evt_1", COMPLETED, &shop.session(1, json!({})));
    let intent = event("evt_2", SUCCEEDED, &shop.intent(1, json!({})));
    shop.deliver(&body).await;
    let second = "whsec_secondsecondsecondsecond04";
    let twin = json!({ "name": "Twin", "webhookSigningSecret": second });
    (shop.app, shop.public_id) = add_app(&shop.t, &shop.t.system(), twin).await;
    for body in [&body, &intent] {
        shop.post_signed(second, body).await;
    }
    shop.assert_has(1, 1).await;
}
