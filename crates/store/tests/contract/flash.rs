//! Flash rows.

use store::flash;
use uuid::Uuid;

use crate::support::{NOW, on_each, write};

#[tokio::test]
async fn a_row_is_taken_once_and_only_while_it_is_young() {
    on_each(async |db| {
        let (young, old) = (Uuid::from_u128(1), Uuid::from_u128(2));
        write(db, async |tx| {
            flash::insert(tx, old, "{}", NOW - 10).await?;
            flash::insert(tx, young, r#"{"a":1}"#, NOW).await
        })
        .await;
        let take = |id| write(db, async move |tx| flash::take(tx, id, NOW - 5).await);
        assert_eq!(take(old).await, None);
        assert_eq!(take(young).await, Some(r#"{"a":1}"#.into()));
        assert_eq!(take(young).await, None);
        assert_eq!(
            write(db, async |tx| flash::prune(tx, NOW - 5).await).await,
            1
        );
        assert_eq!(
            write(db, async |tx| flash::prune(tx, NOW - 5).await).await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn the_newest_rows_stay() {
    on_each(async |db| {
        write(db, async |tx| {
            for number in 1..=5 {
                flash::insert(tx, Uuid::from_u128(number), "{}", NOW).await?;
            }
            flash::prune_many(tx, 2).await
        })
        .await;
        for (number, is_there) in [(1, false), (3, false), (4, true), (5, true)] {
            let id = Uuid::from_u128(number);
            let taken = write(db, async move |tx| flash::take(tx, id, NOW).await).await;
            assert_eq!(taken.is_some(), is_there, "{number}");
        }
    })
    .await;
}
