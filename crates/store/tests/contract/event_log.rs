//! The event log: events and refused deliveries in one list.

use domain::ids::{StripeAppId, TenantId};
use domain::list_order::LogOrder;
use store::event_log::{self, EventFilter, EventLine, FailureFilter};
use store::stripe_deliveries::{self, StripeDelivery};
use store::stripe_events::Finish;
use store::{Db, orders, stripe_events};

use crate::rows::{app, order, tenant};
use crate::stripe_events::{event, receive};
use crate::support::{NOW, id, keep, on_each, page_by_page, read, write};

async fn refuse(db: &Db, n: u128, of: Option<(TenantId, StripeAppId)>, claimed: &str) {
    let at = NOW + i64::try_from(n).expect("a small number");
    let row = StripeDelivery {
        id: id(n),
        tenant_id: of.map(|(tenant, _)| tenant.get()),
        app_id: of.map(|(_, app)| app.get()),
        claimed_event_id: claimed.into(),
        claimed_type: "charge.refunded".into(),
        status: "failed".into(),
        cause: "stale".into(),
        signature: String::new(),
        body_sealed: None,
        body_bytes: 70_000,
        receipts: 1,
        first_at: at,
        last_at: at,
    };
    write(db, async |tx| stripe_deliveries::record(tx, &row).await).await;
}

fn filter() -> EventFilter {
    EventFilter {
        limit: 50,
        ..EventFilter::default()
    }
}

async fn ids(db: &Db, tenant: TenantId, filter: &EventFilter) -> Vec<u128> {
    let lines = read(db, async |c| event_log::list(c, tenant, filter).await).await;
    lines.iter().map(|line| line.id.as_u128()).collect()
}

#[tokio::test]
async fn the_log_holds_events_and_refused_deliveries_newest_first() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let of = (acme, app(db, acme, 1).await);
        let blues = (blue, app(db, blue, 2).await);
        receive(db, of, 11, "evt_11").await;
        refuse(db, 12, Some(of), "evt_12").await;
        refuse(db, 13, None, "evt_13").await;
        receive(db, blues, 14, "evt_14").await;
        receive(db, of, 15, "evt_15").await;
        assert_eq!(ids(db, acme, &filter()).await, [15, 12, 11]);
        let shared = EventFilter {
            with_shared: true,
            ..filter()
        };
        assert_eq!(ids(db, acme, &shared).await, [15, 13, 12, 11]);
        let second = EventFilter {
            offset: 1,
            limit: 1,
            ..filter()
        };
        assert_eq!(ids(db, acme, &second).await, [12]);
        let failed = EventFilter {
            status: "failed".into(),
            ..filter()
        };
        assert_eq!(ids(db, acme, &failed).await, [12]);
        let typed = EventFilter {
            event_type: "checkout.session.completed".into(),
            ..filter()
        };
        assert_eq!(ids(db, acme, &typed).await, [15, 11]);
        for (livemode, expected) in [(true, vec![]), (false, vec![15, 12, 11])] {
            let side = EventFilter {
                livemode: Some(livemode),
                ..filter()
            };
            assert_eq!(ids(db, acme, &side).await, expected);
        }
        let lines = read(db, async |c| event_log::list(c, acme, &filter()).await).await;
        assert!(lines[0].is_event && !lines[1].is_event);
        assert_eq!(lines[1].error.as_deref(), Some("stale"));
        assert_eq!(lines[1].app.as_deref(), Some("App 1"));
        assert_eq!((lines[0].receipts, lines[0].received_at), (1, NOW + 15));
    })
    .await;
}

#[tokio::test]
async fn a_page_begins_where_the_one_before_ended_whatever_came_meanwhile() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (acme, app(db, acme, 1).await);
        for n in [11, 13, 15] {
            receive(db, of, n, &format!("evt_{n}")).await;
        }
        refuse(db, 12, Some(of), "evt_12").await;
        refuse(db, 14, Some(of), "evt_14").await;
        let first = EventFilter {
            limit: 2,
            ..filter()
        };
        let lines = read(db, async |c| event_log::list(c, acme, &first).await).await;
        let last = lines.last().expect("two lines");
        receive(db, of, 16, "evt_16").await;
        let next = EventFilter {
            after: Some((last.received_at, last.id)),
            ..first
        };
        assert_eq!(last.id, id::<uuid::Uuid>(14));
        assert_eq!(ids(db, acme, &next).await, [13, 12]);
        let of_a_moment = EventFilter {
            after: Some((NOW + 13, id(13))),
            ..filter()
        };
        assert_eq!(ids(db, acme, &of_a_moment).await, [12, 11]);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_paged_either_way_around_also_what_came_at_one_moment() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (acme, app(db, acme, 1).await);
        for (n, at) in [(11, 13), (12, 13), (14, 14)] {
            let stripe_id = format!("evt_{n}");
            let mut received = event(of, n, &stripe_id);
            received.received_at = NOW + at;
            write(db, async |tx| stripe_events::receive(tx, &received).await).await;
        }
        refuse(db, 13, Some(of), "evt_13").await;
        let found = async |filter: &EventFilter, order: LogOrder| {
            let lines = page_by_page(async |last: Option<&EventLine>| {
                let filter = EventFilter {
                    order,
                    after: last.map(|line| (line.received_at, line.id)),
                    limit: 1,
                    ..filter.clone()
                };
                read(db, async |c| event_log::list(c, acme, &filter).await).await
            });
            let ids = lines.await.into_iter().map(|line| line.id.as_u128());
            ids.collect::<Vec<_>>()
        };
        let of_app = EventFilter {
            app_id: Some(of.1),
            ..filter()
        };
        let typed = EventFilter {
            event_type: "checkout.session.completed".into(),
            ..filter()
        };
        let failed = EventFilter {
            status: "failed".into(),
            ..filter()
        };
        let one = EventFilter {
            stripe_id: "evt_12".into(),
            ..filter()
        };
        for (filter, expected) in [
            (filter(), vec![11, 12, 13, 14]),
            (of_app, vec![11, 12, 13, 14]),
            (typed, vec![11, 12, 14]),
            (failed, vec![13]),
            (one, vec![12]),
        ] {
            let oldest = found(&filter, LogOrder::Oldest).await;
            assert_eq!(oldest, expected, "{filter:?}");
            let mut newest = found(&filter, LogOrder::Newest).await;
            newest.reverse();
            assert_eq!(newest, expected, "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_log_is_narrowed_to_an_app_and_a_type() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let one = (acme, app(db, acme, 1).await);
        let other = (acme, app(db, acme, 2).await);
        let blues = (blue, app(db, blue, 3).await);
        receive(db, one, 11, "evt_11").await;
        receive(db, other, 12, "evt_12").await;
        refuse(db, 13, Some(other), "evt_13").await;
        receive(db, blues, 14, "evt_14").await;
        let narrowed = async |app_id, event_type: &str, status: &str| {
            let narrowed = EventFilter {
                app_id,
                event_type: event_type.into(),
                status: status.into(),
                ..filter()
            };
            ids(db, acme, &narrowed).await
        };
        let (of_other, bought) = (Some(other.1), "checkout.session.completed");
        assert_eq!(narrowed(of_other, "", "").await, [13, 12]);
        assert_eq!(narrowed(of_other, bought, "").await, [12]);
        assert_eq!(narrowed(of_other, "charge.refunded", "").await, [13]);
        assert_eq!(narrowed(of_other, "", "failed").await, [13]);
        assert_eq!(narrowed(Some(one.1), "", "failed").await, []);
        assert_eq!(narrowed(None, bought, "verified").await, [12, 11]);
        assert_eq!(narrowed(Some(blues.1), "", "").await, []);
        let types = async |tenant, livemode| {
            read(db, async |c| event_log::types(c, tenant, livemode).await).await
        };
        assert_eq!(types(acme, false).await, [bought]);
        assert!(types(acme, true).await.is_empty());
        let mut refunded = event(one, 15, "evt_15");
        refunded.event_type = "charge.refunded";
        write(db, async |tx| stripe_events::receive(tx, &refunded).await).await;
        assert_eq!(types(acme, false).await, ["charge.refunded", bought]);
    })
    .await;
}

#[tokio::test]
async fn an_event_is_found_by_its_id_its_object_and_its_purchase() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let of = (acme, app(db, acme, 1).await);
        let bought = order(db, acme, 7).await;
        write(db, async |tx| {
            orders::insert_fact(tx, acme, ("session", "cs_1"), (bought, NOW)).await
        })
        .await;
        let mut paid = event(of, 11, "evt_11");
        paid.object_id = "pi_1";
        write(db, async |tx| stripe_events::receive(tx, &paid).await).await;
        receive(db, of, 12, "evt_12").await;
        let end = Finish {
            processing: "fulfilled",
            order_id: Some(bought),
            outcome: "1 key issued",
            now: NOW,
        };
        keep(db, |tx| stripe_events::finish(tx, acme, id(12), &end)).await;
        refuse(db, 13, Some(of), "evt_13").await;
        let found = async |tenant, stripe_id: &str| {
            let wanted = EventFilter {
                stripe_id: stripe_id.into(),
                ..filter()
            };
            ids(db, tenant, &wanted).await
        };
        assert_eq!(found(acme, "evt_11").await, [11]);
        assert_eq!(found(acme, "pi_1").await, [11]);
        assert_eq!(found(acme, "cs_1").await, [12]);
        assert_eq!(found(acme, "evt_13").await, [13]);
        assert_eq!(found(acme, "evt_1").await, []);
        assert_eq!(found(blue, "evt_11").await, []);
        assert_eq!(found(blue, "cs_1").await, []);
    })
    .await;
}

#[tokio::test]
async fn a_refused_delivery_leaves_the_log_once_its_event_is_vouched_for() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (acme, app(db, acme, 1).await);
        refuse(db, 11, Some(of), "evt_1").await;
        refuse(db, 12, Some(of), "evt_2").await;
        receive(db, of, 13, "evt_1").await;
        assert_eq!(ids(db, acme, &filter()).await, [13, 12]);
        refuse(db, 14, Some(of), "evt_1").await;
        assert_eq!(
            ids(db, acme, &filter()).await,
            [11, 13, 12],
            "refused again since"
        );
    })
    .await;
}

#[tokio::test]
async fn failures_are_counted_by_cause_and_app() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (acme, app(db, acme, 1).await);
        refuse(db, 11, Some(of), "evt_11").await;
        refuse(db, 12, Some(of), "evt_12").await;
        refuse(db, 13, None, "evt_13").await;
        let event = receive(db, of, 14, "evt_14").await.id;
        receive(db, of, 15, "evt_15").await;
        write(db, async |tx| {
            stripe_events::fail(tx, acme, event, ("failed", "failed", "database full")).await
        })
        .await;
        let causes = async |livemode: bool, since: i64, with_shared: bool| {
            let filter = FailureFilter {
                livemode,
                since,
                with_shared,
            };
            let found = read(db, async |c| {
                event_log::failed_causes(c, acme, &filter).await
            });
            let lines = found.await.into_iter();
            lines.map(|f| (f.cause, f.app, f.count)).collect::<Vec<_>>()
        };
        let full = ("database full".to_owned(), "App 1".to_owned(), 1);
        let stale = ("stale".to_owned(), "App 1".to_owned(), 2);
        let shared = ("stale".to_owned(), String::new(), 1);
        assert_eq!(
            causes(false, NOW, false).await,
            [full.clone(), stale.clone()]
        );
        assert_eq!(
            causes(false, NOW, true).await,
            [full.clone(), shared, stale]
        );
        assert_eq!(causes(false, NOW + 13, false).await, [full]);
        assert_eq!(causes(true, NOW, false).await, []);
    })
    .await;
}
