//! Orders and the facts that they are known by.

use std::sync::Arc;

use domain::ids::OrderId;
use store::{StoreError, orders};
use tokio::sync::Barrier;

use crate::rows::{an_order, order, product, tenant};
use crate::support::{NOW, id, is_kept, keep, on_each, read, together, write};

#[tokio::test]
async fn an_order_is_written_and_read_whole() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let product = product(db, acme).await;
        order(db, acme, 1).await;
        let mut row = read(db, async |c| orders::find(c, acme, id(1)).await)
            .await
            .expect("is there");
        assert_eq!(format!("{row:?}"), format!("{:?}", an_order(acme, 1)));
        assert!(
            read(db, async |c| orders::find(c, blue, id(1)).await)
                .await
                .is_none()
        );
        row.state = "issued".into();
        row.product_id = Some(product.get());
        row.plan_days = Some(30);
        row.quantity = 2;
        row.email = "Ann@example.com".into();
        row.email_key = "ann@example.com".into();
        row.amount_minor = Some(9_800);
        row.currency = "EUR".into();
        row.paid_at = Some(NOW + 1);
        row.issued_at = Some(NOW + 2);
        row.updated_at = NOW + 3;
        keep(db, |tx| orders::update(tx, &row)).await;
        let locked = write(db, async |tx| orders::lock(tx, acme, id(1), NOW + 3).await).await;
        assert_eq!(
            format!("{:?}", locked.expect("is there")),
            format!("{row:?}")
        );
        let foreign = write(db, async |tx| orders::lock(tx, blue, id(1), NOW).await).await;
        assert!(foreign.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_fact_leads_to_one_order_of_the_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        order(db, acme, 1).await;
        order(db, acme, 2).await;
        order(db, blue, 3).await;
        let take_fact = |tenant, kind: &'static str, n: u128| {
            write(db, async move |tx| {
                orders::insert_fact(tx, tenant, (kind, "x_1"), (id(n), NOW)).await
            })
        };
        assert!(take_fact(acme, "session", 1).await);
        assert!(take_fact(acme, "payment_intent", 1).await);
        assert!(!take_fact(acme, "session", 2).await);
        assert!(take_fact(blue, "session", 3).await);
        let found = |tenant, kind: &'static str| {
            read(db, async move |c| {
                orders::find_by_fact(c, tenant, (kind, "x_1")).await
            })
        };
        assert_eq!(found(acme, "session").await, Some(id::<OrderId>(1)));
        assert_eq!(found(blue, "session").await, Some(id(3)));
        assert_eq!(found(blue, "payment_intent").await, None);
        let mut both = read(db, async |c| orders::find_by_session(c, "x_1").await).await;
        both.sort();
        assert_eq!(both, [(acme, id(1)), (blue, id(3))]);
        let facts = read(db, async |c| orders::facts(c, acme, id(1)).await).await;
        let kinds: Vec<_> = facts.iter().map(|f| f.kind.as_str()).collect();
        assert_eq!(kinds, ["payment_intent", "session"]);
        assert!(facts.iter().all(|f| f.stripe_id == "x_1"));
        let none = read(db, async |c| orders::facts(c, blue, id(1)).await).await;
        assert!(none.is_empty());
        let claim = |n: u128, object: &'static str| {
            is_kept(db, move |tx| {
                orders::claim_fact(tx, acme, ("session", object), (id(n), NOW));
            })
        };
        assert!(claim(2, "x_2").await);
        assert!(!claim(1, "x_2").await, "it belongs to another order");
        assert!(!claim(2, "x_2").await, "it is no news");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_the_same_fact_waits_and_loses_or_takes_over() {
    on_each(async |db| {
        let acme = tenant(db).await;
        order(db, acme, 1).await;
        order(db, acme, 2).await;
        for (fact, first_commits) in [("pi_1", true), ("pi_2", false)] {
            let mut first = db.begin();
            let noted =
                orders::insert_fact(&mut first, acme, ("payment_intent", fact), (id(1), NOW));
            assert!(noted.await.expect("notes"));
            let other = db.db.clone();
            let second = tokio::spawn(async move {
                write(&other, async |tx| {
                    let fact = ("payment_intent", fact);
                    orders::insert_fact(tx, acme, fact, (id(2), NOW)).await
                })
                .await
            });
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            assert!(!second.is_finished(), "it waits for the first");
            if first_commits {
                first.commit().await.expect("commits");
            } else {
                drop(first);
            }
            assert_eq!(second.await.expect("ends"), !first_commits);
            let owner = read(db, async |c| {
                orders::find_by_fact(c, acme, ("payment_intent", fact)).await
            });
            let expected = if first_commits {
                id::<OrderId>(1)
            } else {
                id(2)
            };
            assert_eq!(owner.await, Some(expected));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_order_is_changed_by_one_after_the_other() {
    on_each(async |db| {
        let acme = tenant(db).await;
        order(db, acme, 1).await;
        let work = (0..10).map(|_| {
            let db = db.db.clone();
            async move {
                write(&db, async |tx| {
                    let mut row = orders::lock(tx, acme, id(1), NOW).await?.expect("is there");
                    row.quantity += 1;
                    orders::update(tx, &row);
                    Ok(())
                })
                .await;
            }
        });
        together(work).await;
        let row = read(db, async |c| orders::find(c, acme, id(1)).await).await;
        assert_eq!(row.expect("is there").quantity, 13);
    })
    .await;
}

#[tokio::test]
async fn orders_are_listed_by_state_and_by_what_they_lack() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (tenant, n, state, issued_at) in [
            (acme, 1, "review", None),
            (acme, 2, "review", None),
            (acme, 3, "issued", Some(NOW)),
            (acme, 4, "issued", Some(NOW + 10)),
            (blue, 5, "review", None),
        ] {
            let mut row = an_order(tenant, n);
            row.state = state.into();
            row.issued_at = issued_at;
            keep(db, |tx| orders::insert(tx, &row)).await;
        }
        let in_review = async |livemode: bool, limit: i64| {
            let side = (livemode, "review");
            let found = read(db, async |c| {
                orders::list_by_state(c, acme, side, limit).await
            });
            found.await.iter().map(|o| o.id).collect::<Vec<OrderId>>()
        };
        assert_eq!(in_review(false, 9).await, [id(2), id(1)]);
        assert_eq!(in_review(false, 1).await, [id(2)]);
        assert_eq!(in_review(true, 9).await, []);
        let lacking = async |before: i64| {
            let side = (false, before);
            let found = read(db, async |c| {
                orders::list_without_address(c, acme, side, 9).await
            });
            found.await.iter().map(|o| o.id).collect::<Vec<OrderId>>()
        };
        assert_eq!(lacking(NOW).await, []);
        assert_eq!(lacking(NOW + 1).await, [id(3)]);
        assert_eq!(lacking(NOW + 11).await, [id(4), id(3)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_lock_two_orders_crosswise_one_is_overtaken() {
    on_each(async |db| {
        let acme = tenant(db).await;
        order(db, acme, 1).await;
        order(db, acme, 2).await;
        let gate = Arc::new(Barrier::new(2));
        let work = [(1, 2), (2, 1)].map(|(first, second)| {
            let (db, gate) = (db.db.clone(), gate.clone());
            async move {
                let mut tx = db.begin();
                orders::lock(&mut tx, acme, id(first), NOW).await?;
                // On SQLite nobody else has begun yet.
                if db.is_shared() {
                    gate.wait().await;
                }
                orders::lock(&mut tx, acme, id(second), NOW).await?;
                tx.commit().await
            }
        });
        let mut overtaken = together(work).await;
        overtaken.retain(|done| matches!(done, Err(StoreError::Overtaken)));
        assert_eq!(overtaken.len(), usize::from(db.is_shared()));
    })
    .await;
}

#[tokio::test]
async fn a_purchase_that_has_its_licences_is_seen_on_its_own_side() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let is_any = async |tenant, livemode| {
            read(db, async |c| {
                orders::is_any_issued(c, tenant, livemode).await
            })
            .await
        };
        order(db, acme, 1).await;
        assert!(!is_any(acme, false).await, "it waits");
        let mut row = an_order(acme, 2);
        row.state = "issued".into();
        keep(db, |tx| orders::insert(tx, &row)).await;
        assert!(is_any(acme, false).await);
        assert!(!is_any(acme, true).await);
        assert!(!is_any(blue, false).await);
    })
    .await;
}
