//! Idempotency keys.

use store::idempotency_keys;

use crate::rows::tenant;
use crate::support::{NOW, on_each, read, together, write};

#[tokio::test]
async fn a_key_is_claimed_once_in_a_tenant_and_keeps_its_answer() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let claimed = |tenant| {
            write(db, async move |tx| {
                idempotency_keys::claim(tx, tenant, "k", ("POST /a", &[1; 32], NOW)).await
            })
        };
        assert!(claimed(acme).await);
        assert!(!claimed(acme).await);
        assert!(claimed(blue).await);
        for answer in [(201, Some([5_u8, 6].as_slice())), (500, None)] {
            write(db, async |tx| {
                idempotency_keys::finish(tx, acme, "k", answer).await?;
                idempotency_keys::release(tx, acme, "k").await
            })
            .await;
        }
        let row = read(db, async |c| idempotency_keys::find(c, acme, "k").await).await;
        let row = row.expect("a finished key is not released");
        assert_eq!((row.status, row.answer_sealed), (201, Some(vec![5, 6])));
        assert_eq!((row.route.as_str(), row.body_hash.len()), ("POST /a", 32));
        assert_eq!(row.created_at, NOW);
    })
    .await;
}

#[tokio::test]
async fn an_unfinished_key_is_released_and_old_ones_are_forgotten() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for (key, at) in [("a", NOW), ("b", NOW - 10), ("c", NOW - 20)] {
            write(db, async |tx| {
                idempotency_keys::claim(tx, acme, key, ("POST /a", &[1; 32], at)).await
            })
            .await;
        }
        write(db, async |tx| {
            idempotency_keys::release(tx, acme, "a").await?;
            idempotency_keys::forget_old(tx, acme, "b", NOW - 10).await?;
            idempotency_keys::forget_old(tx, acme, "c", NOW - 10).await
        })
        .await;
        let is_there = async |key: &'static str| {
            let found = read(db, async |c| idempotency_keys::find(c, acme, key).await);
            found.await.is_some()
        };
        assert!(!is_there("a").await);
        assert!(is_there("b").await, "not older than that");
        assert!(!is_there("c").await);
        let pruned = write(db, async |tx| idempotency_keys::prune(tx, NOW).await).await;
        assert_eq!(pruned, 1);
    })
    .await;
}

#[tokio::test]
async fn of_many_claims_at_once_one_wins() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let tries = (0..10).map(|_| {
            let db = db.db.clone();
            async move {
                write(&db, async |tx| {
                    idempotency_keys::claim(tx, acme, "k", ("POST /a", &[1; 32], NOW)).await
                })
                .await
            }
        });
        let won = together(tries).await;
        assert_eq!(won.into_iter().filter(|w| *w).count(), 1);
    })
    .await;
}
