//! What is known when an event arrives.

use store::arrivals::{self, Arriving, Known};
use store::orders;

use crate::rows::{app, order, tenant};
use crate::stripe_events::receive;
use crate::support::{NOW, id, keep, on_each, read};

#[tokio::test]
async fn an_arriving_event_finds_itself_and_the_orders_of_its_payment_in_its_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let of = (acme, app(db, acme, 1).await);
        let (one, two) = (order(db, acme, 1).await, order(db, acme, 2).await);
        let arriving = Arriving {
            stripe_event_id: "evt_1",
            payment_intent_id: "x_1",
            session_id: "x_1",
        };
        let find = |tenant| read(db, async move |c| arrivals::find(c, tenant, arriving).await);
        assert_eq!(find(acme).await, Known::default());
        receive(db, of, 1, "evt_1").await;
        for (kind, order) in [("payment_intent", one), ("session", two)] {
            keep(db, |tx| {
                orders::claim_fact(tx, acme, (kind, "x_1"), (order, NOW));
            })
            .await;
        }
        let known = Known {
            processing: Some("pending".into()),
            by_payment_intent: Some(id(1)),
            by_session: Some(id(2)),
        };
        assert_eq!(find(acme).await, known);
        assert_eq!(find(blue).await, Known::default());
    })
    .await;
}
