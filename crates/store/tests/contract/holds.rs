//! Holds.

use store::holds::{self, Hold};
use store::licenses::{self, License};

use crate::rows::{a_license, data_key, product, tenant};
use crate::support::{NOW, keep, on_each, read, write};

fn hold(n: u128, kind: &str, cause: &str) -> Hold {
    Hold {
        id: uuid::Uuid::from_u128(n),
        kind: kind.into(),
        cause: cause.into(),
        stripe_id: String::new(),
        created_at: NOW,
        lifted_at: None,
    }
}

#[tokio::test]
async fn lifting_one_cause_never_lifts_another() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (product(db, acme).await, data_key(db, acme).await);
        let license = a_license(1, of);
        keep(db, |tx| {
            licenses::insert(tx, acme, &license);
            holds::insert(tx, acme, license.id, &hold(2, "suspend", "manual"));
            holds::insert(tx, acme, license.id, &hold(3, "suspend", "dispute"));
        })
        .await;
        keep(db, |tx| {
            holds::lift(tx, acme, (license.id, "dispute"), NOW + 1);
        })
        .await;
        let kept = read(db, async |c| holds::list(c, acme, license.id).await).await;
        let lifted = Hold {
            lifted_at: Some(NOW + 1),
            ..hold(3, "suspend", "dispute")
        };
        assert_eq!(kept, [hold(2, "suspend", "manual"), lifted]);
        let blue = tenant(db).await;
        let foreign = read(db, async |c| holds::list(c, blue, license.id).await).await;
        assert_eq!(foreign, []);
    })
    .await;
}

#[tokio::test]
async fn what_was_derived_anew_is_written_to_the_locked_licence() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (product(db, acme).await, data_key(db, acme).await);
        let license = a_license(1, of);
        keep(db, |tx| licenses::insert(tx, acme, &license)).await;
        write(db, async |tx| {
            let found = licenses::lock_by_index(tx, acme, &license.key_index).await?;
            let changed = License {
                state: "revoked".into(),
                manual_end: Some(NOW + 9),
                expires_at: NOW + 9,
                updated_at: Some(NOW),
                ..found.expect("is there")
            };
            licenses::set_state(tx, acme, &changed);
            licenses::mark_offline(tx, acme, license.id);
            Ok(())
        })
        .await;
        let row = read(db, async |c| licenses::find(c, acme, license.id).await).await;
        let row = row.expect("is there");
        assert_eq!((row.state.as_str(), row.expires_at), ("revoked", NOW + 9));
        assert!(row.is_offline && row.manual_end == Some(NOW + 9));
        let blue = tenant(db).await;
        let foreign = write(db, async |tx| {
            licenses::lock_by_index(tx, blue, &license.key_index).await
        });
        assert!(foreign.await.is_none());
    })
    .await;
}
