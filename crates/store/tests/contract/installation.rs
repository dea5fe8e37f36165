//! The installation's one row.

use store::installation;

use crate::support::{NOW, on_each, read, together, write};

#[tokio::test]
async fn the_first_key_stays_until_it_is_wrapped_anew() {
    on_each(async |db| {
        let found = read(db, async |c| installation::find_key(c).await).await;
        assert_eq!(found, None);
        for (key, is_first) in [([1_u8], true), ([2], false)] {
            let inserted = write(db, async |tx| installation::insert_key(tx, &key, NOW).await);
            assert_eq!(inserted.await, is_first);
        }
        let found = read(db, async |c| installation::find_key(c).await).await;
        assert_eq!(found, Some(vec![1]));
        write(db, async |tx| installation::rewrap_key(tx, &[3]).await).await;
        let found = read(db, async |c| installation::find_key(c).await).await;
        assert_eq!(found, Some(vec![3]));
    })
    .await;
}

#[tokio::test]
async fn what_happens_under_the_lock_happens_one_after_the_other() {
    on_each(async |db| {
        write(db, async |tx| installation::insert_key(tx, &[1], NOW).await).await;
        let tries = (0..8).map(|i| {
            let db = db.db.clone();
            async move {
                write(&db, async |tx| {
                    installation::lock(tx).await?;
                    if !store::tenants::list(tx).await?.is_empty() {
                        return Ok(false);
                    }
                    store::tenants::insert(tx, &format!("Tenant {i}"), NOW).await?;
                    Ok(true)
                })
                .await
            }
        });
        let firsts = together(tries).await;
        assert_eq!(firsts.into_iter().filter(|is_first| *is_first).count(), 1);
    })
    .await;
}
