//! The success page: keys for an hour to whoever has the session's id, then only where they went.

use domain::mail_state::MailState;
use engine::orders::success::{self, Success};
use serde_json::json;

use crate::shop::{Shop, completed, second_tenant};
use crate::support::TestEngine;

async fn shown(t: &TestEngine, session: &str) -> Success {
    success::execute(&t.engine, session).await.expect("answers")
}

#[tokio::test]
async fn the_buyer_sees_the_keys_for_an_hour() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 3).await;
    t.run_due_jobs().await;
    for minutes in [0, 60] {
        t.clock.advance_seconds(minutes * 60);
        let Success::Ready {
            product,
            keys,
            email_masked,
            mail_state,
        } = shown(&t, "cs_test_1").await
        else {
            panic!("the keys should be shown");
        };
        assert_eq!((product.as_str(), keys.len()), ("Atlas", 3));
        assert_eq!(email_masked.as_deref(), Some("B…@example.com"));
        assert_eq!(mail_state, Some(MailState::Sent));
        for key in keys {
            assert!(t.mailer.sent()[0].text.contains(&key.to_string()));
        }
    }
    t.clock.advance_seconds(1);
    let Success::Later { email_masked } = shown(&t, "cs_test_1").await else {
        panic!("the hour is over");
    };
    assert_eq!(email_masked.as_deref(), Some("B…@example.com"));
}

#[tokio::test]
async fn an_unpaid_purchase_waits_and_a_refused_one_says_so() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    let mut event = shop.paid(1, 1);
    event["data"]["object"]["payment_status"] = json!("unpaid");
    shop.deliver(&t, &event).await;
    assert!(matches!(
        shown(&t, "cs_test_1").await,
        Success::Waiting { .. }
    ));
    event["id"] = json!("evt_later");
    event["type"] = json!("checkout.session.async_payment_failed");
    shop.deliver(&t, &event).await;
    assert!(matches!(shown(&t, "cs_test_1").await, Success::Failed));
}

#[tokio::test]
async fn a_payment_in_review_says_that_somebody_looks_at_it() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.deliver(&t, &completed(1, &json!("9999"))).await;
    assert!(matches!(shown(&t, "cs_test_1").await, Success::Review));
}

#[tokio::test]
async fn a_session_that_two_tenants_know_and_neither_had_us_make_shows_nothing() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    assert!(matches!(
        shown(&t, "cs_test_1").await,
        Success::Ready { .. }
    ));
    let other = Shop::open(&t, second_tenant(&t).await).await;
    other.sell(&t, 1, 1).await;
    assert!(matches!(shown(&t, "cs_test_1").await, Success::Unknown));
}

#[tokio::test]
async fn an_unknown_session_is_unknown() {
    let t = TestEngine::start().await;
    for session in ["", "cs_test_1", "' or 1=1", "cs_\u{0}"] {
        assert!(matches!(shown(&t, session).await, Success::Unknown));
    }
}
