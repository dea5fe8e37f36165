//! Stripe apps.

use store::stripe_apps;

use crate::rows::{an_app, app, tenant};
use crate::support::{NOW, id, on_each, read, write};

#[tokio::test]
async fn an_app_is_found_by_id_within_its_tenant_and_by_its_public_id() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (tenant, n) in [(acme, 1), (acme, 2), (blue, 3)] {
            app(db, tenant, n).await;
        }
        let found = read(db, async |c| stripe_apps::find(c, acme, id(1)).await).await;
        let found = found.expect("is there");
        assert_eq!(found.secret_key_sealed, Some(vec![1]));
        assert_eq!(found.signing_secret_last_four, "2222");
        assert!(
            read(db, async |c| stripe_apps::find(c, acme, id(3)).await)
                .await
                .is_none()
        );
        let public = read(db, async |c| {
            stripe_apps::find_by_public_id(c, "public-3").await
        })
        .await;
        assert!(public.is_some_and(|a| a.tenant_id == blue));
        let all = read(db, async |c| stripe_apps::list(c, acme).await).await;
        assert_eq!(all.iter().map(|a| a.id).collect::<Vec<_>>(), [id(1), id(2)]);
        let active = read(db, async |c| stripe_apps::list_active(c).await).await;
        assert_eq!(active.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_change_counts_only_on_the_version_that_was_read() {
    on_each(async |db| {
        let acme = tenant(db).await;
        app(db, acme, 1).await;
        let mut row = read(db, async |c| stripe_apps::find(c, acme, id(1)).await)
            .await
            .expect("is there");
        row.name = "Renamed".into();
        row.is_active = false;
        row.updated_at = Some(NOW + 1);
        assert!(write(db, async |tx| stripe_apps::update(tx, &row).await).await);
        assert!(!write(db, async |tx| stripe_apps::update(tx, &row).await).await);
        let found = read(db, async |c| stripe_apps::find(c, acme, id(1)).await).await;
        let found = found.expect("is there");
        assert_eq!((found.name.as_str(), found.row_version), ("Renamed", 2));
        let active = read(db, async |c| stripe_apps::list_active(c).await).await;
        assert!(active.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_tenant_has_one_default_app_per_mode() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let a_default = |n, is_live| {
            let mut row = an_app(acme, n);
            row.is_default = true;
            row.is_live = is_live;
            row
        };
        for row in [a_default(1, false), a_default(2, true)] {
            write(db, async |tx| stripe_apps::insert(tx, &row).await).await;
        }
        let second = a_default(3, false);
        let mut tx = db.begin();
        let refused = stripe_apps::insert(&mut tx, &second).await;
        assert!(refused.is_err_and(|e| e.is_unique_violation()));
        drop(tx);
        write(db, async |tx| {
            stripe_apps::clear_default(tx, acme, false).await?;
            stripe_apps::insert(tx, &second).await
        })
        .await;
        let all = read(db, async |c| stripe_apps::list(c, acme).await).await;
        let defaults: Vec<_> = all.iter().map(|a| a.is_default).collect();
        assert_eq!(defaults, [false, true, true]);
        assert_eq!(all[0].row_version, 2);
    })
    .await;
}

#[tokio::test]
async fn a_former_secret_is_its_apps_alone_until_its_end() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let mut row = an_app(acme, 1);
        row.previous_signing_secret_sealed = Some(vec![3]);
        row.previous_signing_secret_until = Some(NOW + 10);
        row.previous_signing_secret_fingerprint = Some(vec![9]);
        write(db, async |tx| stripe_apps::insert(tx, &row).await).await;
        let in_use = async |fingerprint: u8, except: u128, now: i64| {
            read(db, async |c| {
                stripe_apps::fingerprint_in_use(c, &[fingerprint], id(except), now).await
            })
            .await
        };
        assert!(in_use(9, 2, NOW + 10).await);
        assert!(!in_use(9, 2, NOW + 11).await, "it is over");
        assert!(!in_use(9, 1, NOW).await, "its own does not count");
        row.previous_signing_secret_until = Some(NOW + 20);
        row.previous_signing_secret_fingerprint = Some(vec![8]);
        assert!(write(db, async |tx| stripe_apps::update(tx, &row).await).await);
        assert!(in_use(8, 2, NOW + 20).await && !in_use(9, 2, NOW).await);
        let found = read(db, async |c| stripe_apps::find(c, acme, id(1)).await).await;
        let found = found.expect("is there");
        assert_eq!(found.previous_signing_secret_fingerprint, Some(vec![8]));
        let archived = write(db, async |tx| {
            stripe_apps::archive(tx, acme, id(1), NOW).await
        });
        assert!(archived.await);
        assert!(!in_use(8, 2, NOW).await, "it went with the app");
    })
    .await;
}

#[tokio::test]
async fn an_archived_app_is_gone_with_its_secrets_and_frees_its_fingerprint() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        app(db, acme, 1).await;
        let fingerprint = 1_u128.to_be_bytes();
        let in_use = async |except: u128| {
            read(db, async |c| {
                stripe_apps::fingerprint_in_use(c, &fingerprint, id(except), NOW).await
            })
            .await
        };
        assert!(in_use(2).await);
        assert!(!in_use(1).await, "its own does not count");
        let archived = |tenant| {
            write(db, async move |tx| {
                stripe_apps::archive(tx, tenant, id(1), NOW).await
            })
        };
        assert!(!archived(blue).await);
        assert!(archived(acme).await);
        assert!(!archived(acme).await);
        assert!(!in_use(2).await);
        let public = read(db, async |c| {
            stripe_apps::find_by_public_id(c, "public-1").await
        })
        .await;
        assert!(public.is_none());
        assert!(
            read(db, async |c| stripe_apps::list(c, acme).await)
                .await
                .is_empty()
        );
        let listed = async |tenant| {
            let rows = read(db, async |c| stripe_apps::list_archived(c, tenant).await).await;
            rows.into_iter().map(|app| app.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(acme).await, [id(1)]);
        assert!(listed(blue).await.is_empty());
        let kept = read(db, async |c| stripe_apps::find(c, acme, id(1)).await).await;
        let kept = kept.expect("old events name it");
        assert!(kept.secret_key_sealed.is_none() && kept.signing_secret_sealed.is_none());
        assert_eq!((kept.is_active, kept.archived_at), (false, Some(NOW)));
    })
    .await;
}
