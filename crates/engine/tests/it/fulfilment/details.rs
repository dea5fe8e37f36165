//! One event whole: the apps that were asked about it, the keys that it made, and what of it was kept.

use engine::stripe::events::{self, EventDetail};
use serde_json::json;

use super::fixture::{COMPLETED, Shop, event};

const OTHER: &str = "whsec_otherotherotherotherother02";

async fn detail(shop: &Shop, stripe_event_id: &str) -> EventDetail {
    let line = shop.line(stripe_event_id).await;
    events::detail(&shop.t.engine, &shop.t.system(), line.id)
        .await
        .expect("the event is found")
}

#[tokio::test]
async fn an_event_names_its_app_and_the_licences_that_it_made() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({ "metadata": { "quantity": "2" } }));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    let detail = detail(&shop, "evt_1").await;
    assert_eq!(detail.app, Some((shop.app, "Shop".to_owned())));
    let asked = detail.attempts.iter().map(|a| (a.app_id, a.matched));
    assert_eq!(asked.collect::<Vec<_>>(), [(shop.app, true)]);
    let keys = shop.keys().await;
    assert_eq!((keys.len(), detail.issued.len()), (2, 2));
    for (id, end) in detail.issued {
        let key = keys.iter().find(|key| key.id == id).expect("it is one");
        assert!(key.activation_key.canonical().ends_with(&end));
    }
}

#[tokio::test]
async fn a_refused_body_above_64_kib_is_measured_and_not_kept() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({ "note": "x".repeat(64 * 1024) }));
    let long = event("evt_long", COMPLETED, &session);
    let short = event("evt_short", COMPLETED, &shop.session(2, json!({})));
    for body in [&long, &short] {
        shop.post_signed(OTHER, body).await;
    }
    let refused = detail(&shop, "evt_long").await;
    assert_eq!(refused.payload, None);
    assert_eq!(refused.unkept_bytes, i64::try_from(long.len()).ok());
    let asked = refused.attempts.iter().map(|a| (a.app_id, a.finding));
    assert_eq!(
        asked.collect::<Vec<_>>(),
        [(shop.app, "the body was not kept, not tried")]
    );
    let refused = detail(&shop, "evt_short").await;
    assert!(refused.payload.is_some());
    assert_eq!(refused.unkept_bytes, None);
    assert_eq!(refused.attempts[0].finding, "signature differs");
}
