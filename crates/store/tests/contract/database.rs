//! Opening, migrating, copying and closing.

use store::{Db, StoreError, tenants};

use crate::rows::tenant;
use crate::support::{NOW, on_each, read, write};

#[tokio::test]
async fn migrating_again_changes_nothing_and_a_second_opening_sees_the_same() {
    on_each(async |db| {
        let acme = tenant(db).await;
        db.migrate().await.expect("migrates again");
        let again = Db::open(&db.url).await.expect("opens again");
        assert_eq!(again.is_shared(), db.url.starts_with("postgres"));
        let found = read(&again, async |c| tenants::find(c, acme).await).await;
        assert!(found.is_some());
        again.close().await;
        assert!(
            read(db, async |c| tenants::find(c, acme).await)
                .await
                .is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_refused_without_repeating_it() {
    for url in [
        "",
        "mysql://secret@host/db",
        "sqlite",
        "postgres//secret@host",
    ] {
        let Err(refused) = Db::open(url).await else {
            panic!("{url} should be refused");
        };
        assert!(matches!(refused, StoreError::Address(_)), "{refused:?}");
        assert!(!refused.to_string().contains("secret"));
        assert!(!refused.is_unique_violation());
    }
}

#[tokio::test]
async fn a_copy_holds_everything_that_was_committed() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let directory = tempfile::tempdir().expect("a directory for the copy");
        let path = directory.path().join("copy.db");
        let path = path.to_str().expect("a readable path");
        let copied = db.copy_to(path).await;
        if db.is_shared() {
            assert!(matches!(copied, Err(StoreError::Address(_))));
            return;
        }
        copied.expect("is copied");
        assert!(db.copy_to(path).await.is_err(), "nothing is overwritten");
        let copy = Db::open(&format!("sqlite://{path}")).await.expect("opens");
        let found = read(&copy, async |c| tenants::find(c, acme).await).await;
        assert!(found.is_some());
        copy.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_was_never_there() {
    on_each(async |db| {
        let mut tx = db.begin();
        tenants::insert(&mut tx, "Nobody", NOW)
            .await
            .expect("inserts");
        drop(tx);
        write(db, async |tx| tenants::insert(tx, "Acme", NOW).await).await;
        let all = read(db, async |c| tenants::list(c).await).await;
        let names: Vec<_> = all.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["Acme"]);
    })
    .await;
}
