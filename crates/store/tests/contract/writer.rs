//! Many transactions at once: what is committed is there, what is not never was, and nobody
//! who goes away blocks the next.

use std::collections::BTreeSet;

use domain::ids::OrderId;
use store::{Db, orders, tenants};
use tokio::sync::oneshot;

use crate::rows::{an_order, tenant};
use crate::support::{NOW, id, is_kept, on_each, read, together, write};

async fn names(db: &Db) -> BTreeSet<String> {
    let all = read(db, async |c| tenants::list(c).await).await;
    all.into_iter().map(|tenant| tenant.name).collect()
}

async fn insert(db: &Db, name: &str) {
    write(db, async |tx| tenants::insert(tx, name, NOW).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_at_once_exactly_the_committed_ones_are_there() {
    on_each(async |db| {
        let work = (0..50).map(|i| {
            let db = db.db.clone();
            async move {
                let name = format!("tenant {i:02}");
                let mut tx = db.begin();
                let inserted = tenants::insert(&mut tx, &name, NOW).await;
                inserted.expect("inserts");
                if i % 3 == 0 {
                    drop(tx);
                    return None;
                }
                tx.commit().await.expect("commits");
                // Who is told "committed" can read it at once.
                assert!(names(&db).await.contains(&name));
                Some(name)
            }
        });
        let committed: BTreeSet<String> = together(work).await.into_iter().flatten().collect();
        assert_eq!(committed.len(), 33);
        assert_eq!(names(db).await, committed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_fails_spoils_only_its_own_transaction() {
    on_each(async |db| {
        insert(db, "first").await;
        let work = (0..20).map(|i| {
            let db = db.db.clone();
            async move {
                let mut tx = db.begin();
                let name = format!("tenant {i:02}");
                tenants::insert(&mut tx, &name, NOW).await.expect("inserts");
                if i % 2 == 0 {
                    let key = store::tenant_keys::NewTenantKey {
                        id: crate::support::id(1),
                        version: 1,
                        key_wrapped: &[1],
                        created_at: NOW,
                    };
                    let nobody = domain::ids::TenantId::from(i32::MAX);
                    let failed = store::tenant_keys::insert(&mut tx, nobody, &key).await;
                    assert!(failed.is_err(), "no such tenant to belong to");
                    return None;
                }
                tx.commit().await.expect("commits");
                Some(name)
            }
        });
        let done = together(work).await;
        let mut committed: BTreeSet<String> = done.into_iter().flatten().collect();
        assert_eq!(committed.len(), 10);
        committed.insert("first".into());
        assert_eq!(names(db).await, committed);
    })
    .await;
}

#[tokio::test]
async fn a_task_that_is_aborted_within_its_transaction_blocks_nobody() {
    on_each(async |db| {
        let (has_written, written) = oneshot::channel();
        let other = db.db.clone();
        let task = tokio::spawn(async move {
            let mut tx = other.begin();
            let inserted = tenants::insert(&mut tx, "aborted", NOW).await;
            inserted.expect("inserts");
            has_written.send(()).expect("the test waits");
            std::future::pending::<()>().await;
            tx.commit().await.expect("never comes here");
        });
        written.await.expect("has written");
        task.abort();
        insert(db, "next").await;
        assert_eq!(names(db).await, BTreeSet::from(["next".to_owned()]));
    })
    .await;
}

#[tokio::test]
async fn tasks_that_are_aborted_anywhere_leave_whole_transactions_or_nothing() {
    on_each(async |db| {
        for steps in 0..40 {
            let other = db.db.clone();
            let task = tokio::spawn(async move {
                let mut tx = other.begin();
                for half in ["a", "b"] {
                    let name = format!("{steps:02} {half}");
                    let inserted = tenants::insert(&mut tx, &name, NOW).await;
                    inserted.expect("inserts");
                }
                tx.commit().await.expect("commits");
            });
            for _ in 0..steps {
                tokio::task::yield_now().await;
            }
            task.abort();
            let _ = task.await;
        }
        insert(db, "last").await;
        let all = names(db).await;
        assert!(all.contains("last"));
        for steps in 0..40 {
            let halves = ["a", "b"].map(|half| all.contains(&format!("{steps:02} {half}")));
            assert_eq!(halves[0], halves[1], "transaction {steps} is torn");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_can_write_in_between() {
    on_each(async |db| {
        let beside = Db::open(&db.url).await.expect("opens beside");
        insert(db, "here 1").await;
        insert(&beside, "beside 1").await;
        insert(db, "here 2").await;
        assert_eq!(names(&beside).await.len(), 3);
        let mut work = Vec::new();
        for i in 0..20 {
            for (db, place) in [(db.db.clone(), "here"), (beside.clone(), "beside")] {
                work.push(async move { insert(&db, &format!("{place} again {i}")).await });
            }
        }
        together(work).await;
        assert_eq!(names(db).await.len(), 43);
        beside.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_of_nothing_but_writes_are_whole_or_not_there() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let work = (0..60_u128).map(|i| {
            let db = db.db.clone();
            async move {
                let row = an_order(acme, i + 1);
                let fact = format!("cs_{}", i % 20);
                let is_kept = is_kept(&db, |tx| {
                    orders::insert(tx, &row);
                    orders::claim_fact(tx, acme, ("session", &fact), (row.id, NOW));
                })
                .await;
                is_kept.then_some(row.id)
            }
        });
        let winners: BTreeSet<OrderId> = together(work).await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 20, "one for each fact");
        for i in 0..60 {
            let order = id::<OrderId>(i + 1);
            let found = read(db, async |c| orders::find(c, acme, order).await).await;
            assert_eq!(found.is_some(), winners.contains(&order));
        }
        insert(db, "next").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_has_written_nothing_keeps_nobody_waiting() {
    on_each(async |db| {
        let idle = db.begin();
        insert(db, "meanwhile").await;
        idle.commit().await.expect("there is nothing to commit");
        assert_eq!(names(db).await, BTreeSet::from(["meanwhile".to_owned()]));
    })
    .await;
}
