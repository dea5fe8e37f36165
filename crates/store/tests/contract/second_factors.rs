//! Second factors and recovery codes.

use domain::ids::PersonId;
use store::{people, second_factors};

use crate::people::person;
use crate::support::{NOW, TestDb, on_each, read, write};

async fn ann(db: &TestDb) -> PersonId {
    let ann = person(1, "ann@example.com");
    write(db, async |tx| people::insert(tx, &ann).await).await;
    ann.id
}

#[tokio::test]
async fn a_second_factor_counts_once_it_is_confirmed_and_each_step_once() {
    on_each(async |db| {
        let ann = ann(db).await;
        let begin = async |sealed: u8| {
            write(db, async |tx| {
                second_factors::begin(tx, ann, &[sealed], NOW).await
            })
            .await
        };
        let find = async || read(db, async |c| second_factors::find(c, ann).await).await;
        let step = async |step: i64| {
            write(db, async |tx| second_factors::use_step(tx, ann, step).await).await
        };
        assert!(find().await.is_none());
        assert!(!step(1).await);
        assert!(begin(1).await && begin(2).await);
        let waiting = find().await.expect("is there");
        assert_eq!(
            (waiting.secret_sealed, waiting.confirmed_at),
            (vec![2], None)
        );
        let confirm = async || {
            write(db, async |tx| {
                second_factors::confirm(tx, ann, NOW + 1).await
            })
            .await
        };
        assert!(confirm().await);
        assert!(!confirm().await);
        assert!(!begin(3).await, "what is confirmed is not replaced");
        assert_eq!(find().await.and_then(|f| f.confirmed_at), Some(NOW + 1));
        for (number, is_new) in [(5, true), (5, false), (4, false), (6, true)] {
            assert_eq!(step(number).await, is_new, "{number}");
        }
        assert_eq!(find().await.map(|f| f.last_step), Some(6));
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_is_used_once_and_goes_with_its_factor() {
    on_each(async |db| {
        let ann = ann(db).await;
        let keep = async |hashes: &[[u8; 32]]| {
            write(db, async |tx| {
                second_factors::replace_codes(tx, ann, hashes).await
            })
            .await;
        };
        let count = async || read(db, async |c| second_factors::count_codes(c, ann).await).await;
        let spend = async |hash: [u8; 32]| {
            write(db, async |tx| {
                second_factors::use_code(tx, ann, &hash).await
            })
            .await
        };
        write(db, async |tx| {
            second_factors::begin(tx, ann, &[1], NOW).await
        })
        .await;
        keep(&[[9; 32]]).await;
        keep(&[[1; 32], [2; 32]]).await;
        assert_eq!(count().await, 2);
        assert!(!spend([9; 32]).await, "a former one");
        assert!(spend([1; 32]).await);
        assert!(!spend([1; 32]).await);
        assert_eq!(count().await, 1);
        let remove = async || write(db, async |tx| second_factors::remove(tx, ann).await).await;
        assert!(remove().await);
        assert!(!remove().await);
        assert_eq!(count().await, 0);
    })
    .await;
}
