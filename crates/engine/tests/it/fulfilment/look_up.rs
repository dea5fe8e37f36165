//! What one of Stripe's ids means, for its own tenant and for no other.

use engine::stripe::look_up::{self, Found};
use serde_json::json;

use super::fixture::{COMPLETED, Shop, event};

#[tokio::test]
async fn an_id_of_stripes_leads_to_its_event_or_purchase_in_its_own_tenant_alone() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({}));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    let own = shop.t.system();
    let found = async |actor, id: &str| {
        let found = look_up::execute(&shop.t.engine, actor, id).await;
        found.expect("it is looked up")
    };
    let Some(Found::Event(_, kind)) = found(&own, "evt_1").await else {
        panic!("the event is found");
    };
    assert_eq!(kind, COMPLETED);
    let id = session["id"].as_str().expect("an id");
    let intent = session["payment_intent"].as_str().expect("an id");
    let order = found(&own, id).await;
    assert!(matches!(order, Some(Found::Order(_))), "{order:?}");
    assert_eq!(order, found(&own, intent).await);
    let stranger = shop.stranger("Blue").await;
    for id in ["evt_1", id, intent] {
        assert_eq!(found(&stranger, id).await, None, "{id}");
    }
    for nothing in ["", "evt_2", "sub_1", "anything at all"] {
        assert_eq!(found(&own, nothing).await, None, "{nothing}");
    }
}
