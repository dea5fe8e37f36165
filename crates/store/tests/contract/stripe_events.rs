//! The inbox of vouched-for events.

use domain::ids::{StripeAppId, StripeEventId, TenantId};
use store::Db;
use store::stripe_events::{self, Finish, NewStripeEvent, Receipt};

use crate::rows::{app, order, tenant};
use crate::support::{NOW, id, is_kept, keep, on_each, read, together, write};

pub async fn receive(db: &Db, of: (TenantId, StripeAppId), n: u128, stripe_id: &str) -> Receipt {
    let event = event(of, n, stripe_id);
    write(db, async |tx| stripe_events::receive(tx, &event).await).await
}

pub fn event(of: (TenantId, StripeAppId), n: u128, stripe_id: &str) -> NewStripeEvent<'_> {
    NewStripeEvent {
        id: id(n),
        tenant_id: of.0,
        app_id: of.1,
        stripe_event_id: stripe_id,
        event_type: "checkout.session.completed",
        livemode: false,
        object_id: "",
        api_version: "2024-04-10",
        source: "signature",
        payload: "{}",
        received_at: NOW + i64::try_from(n).expect("a small number"),
    }
}

#[tokio::test]
async fn an_event_taken_in_with_its_end_is_there_once() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (acme, app(db, acme, 1).await);
        let end = Finish {
            processing: "fulfilled",
            order_id: Some(id(7)),
            outcome: "1 key issued",
            now: NOW + 5,
        };
        let insert = |n| {
            let event = event(of, n, "evt_1");
            let end = &end;
            is_kept(db, move |tx| stripe_events::insert_final(tx, &event, end))
        };
        assert!(insert(1).await);
        assert!(!insert(2).await, "it is there already");
        let found = read(db, async |c| stripe_events::find(c, acme, id(1)).await).await;
        let found = found.expect("is there");
        assert_eq!(
            (
                found.status.as_str(),
                found.processing.as_str(),
                found.outcome.as_str()
            ),
            ("verified", "fulfilled", "1 key issued")
        );
        assert_eq!(
            (found.order_id, found.attempts, found.receipts),
            (Some(id(7)), 1, 1)
        );
        assert_eq!(
            (found.received_at, found.processed_at),
            (NOW + 1, Some(NOW + 5))
        );
        let again = receive(db, of, 3, "evt_1").await;
        assert_eq!((again.id, again.receipts), (id(1), 2));
    })
    .await;
}

#[tokio::test]
async fn an_event_has_one_row_in_a_tenant_whichever_app_it_came_by() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let (one, two) = (app(db, acme, 1).await, app(db, acme, 2).await);
        let three = app(db, blue, 3).await;
        let first = receive(db, (acme, one), 1, "evt_1").await;
        assert_eq!((first.processing.as_str(), first.receipts), ("pending", 1));
        let again = receive(db, (acme, two), 2, "evt_1").await;
        assert_eq!((again.id, again.receipts), (first.id, 2));
        let other = receive(db, (blue, three), 3, "evt_1").await;
        assert_eq!((other.id, other.receipts), (id(3), 1));
        let found = read(db, async |c| stripe_events::find(c, acme, first.id).await).await;
        let found = found.expect("is there");
        assert_eq!((found.app_id, found.receipts, found.attempts), (one, 2, 0));
        assert_eq!(
            (found.status.as_str(), found.source.as_str()),
            ("verified", "signature")
        );
        assert_eq!(
            (found.payload.as_str(), found.api_version.as_str()),
            ("{}", "2024-04-10")
        );
        let foreign = read(db, async |c| stripe_events::find(c, blue, first.id).await).await;
        assert!(foreign.is_none());
        let by_id = read(db, async |c| {
            stripe_events::find_by_stripe_id(c, blue, "evt_1").await
        });
        assert!(by_id.await.is_some_and(|e| e.id == other.id));
    })
    .await;
}

#[tokio::test]
async fn the_first_error_is_kept_and_a_later_success_ends_it() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let of = (acme, app(db, acme, 1).await);
        let event = receive(db, of, 1, "evt_1").await.id;
        let order = order(db, acme, 5).await;
        for (state, why) in [
            (("retrying", "verified"), "first"),
            (("failed", "failed"), "second"),
        ] {
            write(db, async |tx| {
                stripe_events::fail(tx, acme, event, (state.0, state.1, why)).await
            })
            .await;
        }
        let find = async || {
            let found = read(db, async |c| stripe_events::find(c, acme, event).await).await;
            found.expect("is there")
        };
        let failed = find().await;
        assert_eq!(
            (failed.processing.as_str(), failed.status.as_str()),
            ("failed", "failed")
        );
        assert_eq!(
            (failed.error.as_deref(), failed.attempts),
            (Some("first"), 2)
        );
        let end = Finish {
            processing: "waiting",
            order_id: Some(order),
            outcome: "Unpaid so far.",
            now: NOW + 9,
        };
        keep(db, |tx| stripe_events::finish(tx, acme, event, &end)).await;
        let waiting = find().await;
        assert_eq!(
            (waiting.processing.as_str(), waiting.status.as_str()),
            ("waiting", "verified")
        );
        assert_eq!(
            (waiting.order_id, waiting.processed_at),
            (Some(order.get()), Some(NOW + 9))
        );
        assert_eq!(waiting.error.as_deref(), Some("first"));
        let end = Finish {
            processing: "fulfilled",
            order_id: Some(order),
            outcome: "3 keys issued.",
            now: NOW + 10,
        };
        let other: StripeEventId = receive(db, of, 2, "evt_2").await.id;
        keep(db, |tx| {
            stripe_events::follow_order(tx, acme, order, &end);
        })
        .await;
        let followed = find().await;
        assert_eq!(followed.processing, "fulfilled");
        assert_eq!(followed.outcome, "3 keys issued.");
        let found = read(db, async |c| stripe_events::find(c, acme, other).await).await;
        assert_eq!(found.expect("is there").processing, "pending");
        keep(db, |tx| stripe_events::finish(tx, acme, other, &end)).await;
        let told = async |tenant, order, limit| {
            let list = async |c: &mut store::Conn| {
                stripe_events::list_by_order(c, tenant, order, limit).await
            };
            let events = read(db, list).await;
            events.iter().map(|told| told.id).collect::<Vec<_>>()
        };
        assert_eq!(told(acme, order, 9).await, [event, other]);
        assert_eq!(told(acme, order, 1).await, [event]);
        assert_eq!(told(acme, id(6), 9).await, []);
        assert_eq!(told(blue, order, 9).await, []);
        for (of, told) in [
            ((acme, order), Some("{}")),
            ((acme, id(6)), None),
            ((blue, order), None),
        ] {
            let payload = async |c: &mut store::Conn| {
                stripe_events::first_payload_of_order(c, of.0, of.1).await
            };
            assert_eq!(
                read(db, payload).await.as_deref(),
                told,
                "of its own order alone"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_deliveries_at_once_one_makes_the_row() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (acme, app(db, acme, 1).await);
        let tries = (1..=10).map(|n| {
            let db = db.db.clone();
            async move { receive(&db, of, n, "evt_1").await }
        });
        let receipts = together(tries).await;
        let mut counts: Vec<_> = receipts.iter().map(|r| r.receipts).collect();
        counts.sort_unstable();
        assert_eq!(counts, (1..=10).collect::<Vec<_>>());
        assert!(receipts.iter().all(|r| r.id == receipts[0].id));
    })
    .await;
}
