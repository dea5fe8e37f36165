//! Deliveries that nobody vouches for.

use domain::ids::{StripeAppId, TenantId};
use store::Db;
use store::stripe_deliveries::{self, StripeDelivery};

use crate::rows::{app, tenant};
use crate::support::{NOW, id, on_each, read, write};

fn delivery(n: u128, of: Option<(TenantId, StripeAppId)>, claimed: &str) -> StripeDelivery {
    let at = NOW + i64::try_from(n).expect("a small number");
    StripeDelivery {
        id: id(n),
        tenant_id: of.map(|(tenant, _)| tenant.get()),
        app_id: of.map(|(_, app)| app.get()),
        claimed_event_id: claimed.into(),
        claimed_type: "checkout.session.completed".into(),
        status: "failed".into(),
        cause: "no app matched signature".into(),
        signature: format!("t={n}"),
        body_sealed: Some(vec![1]),
        body_bytes: 1,
        receipts: 1,
        first_at: at,
        last_at: at,
    }
}

async fn record(db: &Db, row: &StripeDelivery) {
    write(db, async |tx| stripe_deliveries::record(tx, row).await).await;
}

async fn count(db: &Db) -> i64 {
    read(db, async |c| stripe_deliveries::count(c).await).await
}

#[tokio::test]
async fn the_same_claimed_id_counts_up_one_row_per_url() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = Some((acme, app(db, acme, 1).await));
        for (n, of) in [(1, of), (2, None), (3, of), (4, None)] {
            record(db, &delivery(n, of, "evt_1")).await;
        }
        assert_eq!(count(db).await, 2);
        let many = StripeDelivery {
            receipts: 5,
            ..delivery(5, of, "evt_1")
        };
        record(db, &many).await;
        let shared_many = StripeDelivery {
            receipts: 5,
            ..delivery(6, None, "evt_1")
        };
        record(db, &shared_many).await;
        for (n, last) in [(1, 5), (2, 6)] {
            let row = read(db, async |c| stripe_deliveries::find(c, acme, id(n)).await).await;
            let row = row.expect("is there");
            assert_eq!(row.receipts, 7, "as often as it came");
            assert_eq!(
                (row.first_at, row.last_at),
                (NOW + i64::try_from(n).expect("small"), NOW + last)
            );
            assert_eq!(row.signature, format!("t={n}"), "with its own body");
        }
        assert_eq!(count(db).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_tenant_sees_and_removes_its_own_and_shared_ones_only() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let of = Some((acme, app(db, acme, 1).await));
        record(db, &delivery(1, of, "evt_1")).await;
        record(db, &delivery(2, None, "evt_1")).await;
        let sees = async |tenant, n: u128| {
            let found = read(db, async |c| {
                stripe_deliveries::find(c, tenant, id(n)).await
            });
            found.await.is_some()
        };
        assert!(sees(acme, 1).await && sees(acme, 2).await && sees(blue, 2).await);
        assert!(!sees(blue, 1).await);
        write(db, async |tx| {
            stripe_deliveries::remove(tx, blue, id(1)).await
        })
        .await;
        assert!(sees(acme, 1).await);
        write(db, async |tx| {
            stripe_deliveries::remove(tx, acme, id(1)).await?;
            stripe_deliveries::remove(tx, acme, id(2)).await
        })
        .await;
        assert_eq!(count(db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn old_ones_and_all_but_the_newest_are_forgotten() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = Some((acme, app(db, acme, 1).await));
        for n in 1..=10 {
            record(db, &delivery(n, of, &format!("evt_{n}"))).await;
        }
        let prune = |before, keep| {
            write(db, async move |tx| {
                stripe_deliveries::prune(tx, before, keep).await
            })
        };
        prune(NOW + 3, 100).await;
        assert_eq!(count(db).await, 8);
        prune(NOW, 5).await;
        assert_eq!(count(db).await, 5);
        for (n, is_kept) in [(5, false), (6, true), (10, true)] {
            let row = read(db, async |c| stripe_deliveries::find(c, acme, id(n)).await).await;
            assert_eq!(row.is_some(), is_kept, "delivery {n}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_forgotten_gives_its_room_to_what_comes() {
    const KEPT: u128 = 100;
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = Some((acme, app(db, acme, 1).await));
        let mut sizes = Vec::new();
        for flush in 0..50_u128 {
            write(db, async |tx| {
                for n in flush * 20..flush * 20 + 20 {
                    let mut row = delivery(n, of, &format!("evt_{n}"));
                    row.body_sealed = Some(vec![7; 64 * 1024]);
                    stripe_deliveries::record(tx, &row).await?;
                }
                Ok(())
            })
            .await;
            write(db, async |tx| {
                stripe_deliveries::prune(tx, NOW, i64::try_from(KEPT).expect("small")).await
            })
            .await;
            sizes.push(size_on_disk(&db.url));
        }
        assert_eq!(count(db).await, i64::try_from(KEPT).expect("small"));
        // SQLite's file and its log, which holds what was written last once more.
        let most = sizes[10..20].iter().max().expect("some");
        let end = sizes.last().expect("some");
        assert!(*end <= most + most / 10, "{sizes:?}");
    })
    .await;
}

/// Of a SQLite file with its log; 0 where the database is another one.
fn size_on_disk(url: &str) -> u64 {
    let path = url.strip_prefix("sqlite://").unwrap_or_default();
    let files = [path.to_owned(), format!("{path}-wal")];
    let sizes = files.map(|file| std::fs::metadata(file).map_or(0, |found| found.len()));
    sizes.iter().sum()
}
