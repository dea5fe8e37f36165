//! Payments.

use store::payments::{self, Payment};

use crate::rows::{order, tenant};
use crate::support::{NOW, id, keep, on_each, read};

#[tokio::test]
async fn the_same_payment_is_recorded_once_in_a_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let (ours, theirs) = (order(db, acme, 1).await, order(db, blue, 2).await);
        let record = |tenant, n: u128, order, stripe_id: &'static str| {
            let row = Payment {
                id: id(n),
                order_id: order,
                kind: "payment_intent".into(),
                stripe_id: stripe_id.into(),
                livemode: false,
                amount_minor: 4_900,
                currency: "EUR".into(),
                paid_at: NOW - i64::try_from(n).expect("a small number"),
            };
            keep(db, move |tx| payments::record(tx, tenant, &row))
        };
        record(acme, 1, ours, "pi_1").await;
        record(acme, 2, ours, "pi_1").await;
        record(blue, 3, theirs, "pi_1").await;
        record(acme, 4, ours, "pi_2").await;
        let all = read(db, async |c| payments::list_by_order(c, acme, ours).await).await;
        let ids: Vec<_> = all.iter().map(|p| p.stripe_id.as_str()).collect();
        assert_eq!(ids, ["pi_2", "pi_1"], "oldest first");
        assert_eq!(
            (all[1].amount_minor, all[1].currency.as_str()),
            (4_900, "EUR")
        );
        let foreign = read(db, async |c| payments::list_by_order(c, blue, ours).await).await;
        assert!(foreign.is_empty());
    })
    .await;
}
