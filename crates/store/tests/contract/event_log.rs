//! The event log: events and refused deliveries in one list.

use domain::ids::{StripeAppId, TenantId};
use store::event_log::{self, EventFilter, FailureFilter};
use store::stripe_deliveries::{self, StripeDelivery};
use store::{Db, stripe_events};

use crate::rows::{app, tenant};
use crate::stripe_events::receive;
use crate::support::{NOW, id, on_each, read, write};

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
