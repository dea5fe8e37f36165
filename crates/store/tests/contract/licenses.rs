//! Licences.

use domain::ids::{DataKeyId, LicenseId, ProductId, TenantId};
use store::licenses::{self, License, LicenseFilter};

use crate::rows::{a_license, data_key, order, product, tenant};
use crate::support::{NOW, TestDb, id, is_kept, keep, on_each, read};

async fn ready(db: &TestDb) -> (TenantId, (ProductId, DataKeyId)) {
    let tenant = tenant(db).await;
    (
        tenant,
        (product(db, tenant).await, data_key(db, tenant).await),
    )
}

async fn insert(db: &TestDb, tenant: TenantId, row: &License) -> bool {
    is_kept(db, |tx| licenses::insert(tx, tenant, row)).await
}

fn all() -> LicenseFilter {
    LicenseFilter {
        livemode: false,
        product_id: 0,
        email_key: String::new(),
        state: String::new(),
        now: NOW,
        last_four: String::new(),
        after: None,
        offset: 0,
        limit: 50,
    }
}

#[tokio::test]
async fn a_key_that_exists_is_not_inserted_so_that_another_is_drawn() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        let first = a_license(1, of);
        assert!(insert(db, acme, &first).await);
        let same_key = License {
            key_index: first.key_index.clone(),
            ..a_license(2, of)
        };
        assert!(!insert(db, acme, &same_key).await);
        let found = read(db, async |c| {
            licenses::find_by_index(c, acme, &first.key_index).await
        });
        let found = found.await.expect("is there");
        assert_eq!((found.id, found.key_sealed), (first.id, vec![1, 2, 3]));
        assert_eq!(
            (found.state.as_str(), found.expires_at),
            ("active", NOW + 1_000)
        );
        let blue = tenant(db).await;
        let foreign = read(db, async |c| licenses::find(c, blue, first.id).await).await;
        assert!(foreign.is_none());
        let own = read(db, async |c| licenses::find(c, acme, first.id).await).await;
        assert!(own.is_some_and(|l| l.last_four == "0001"));
    })
    .await;
}

#[tokio::test]
async fn an_orders_licences_have_places_and_get_their_holder_once() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        let order = order(db, acme, 9).await;
        for (n, position) in [(1, 2), (2, 1)] {
            let row = License {
                order_id: Some(order.get()),
                position: Some(position),
                ..a_license(n, of)
            };
            assert!(insert(db, acme, &row).await);
        }
        let twin = License {
            order_id: Some(order.get()),
            position: Some(1),
            ..a_license(3, of)
        };
        let mut tx = db.begin().await.expect("begins");
        licenses::insert(&mut tx, acme, &twin);
        let refused = tx.commit().await;
        assert!(refused.is_err_and(|e| e.is_unique_violation()));
        for (email, at) in [("Ann@example.com", NOW), ("bob@example.com", NOW + 1)] {
            let key = email.to_lowercase();
            keep(db, |tx| {
                licenses::set_missing_email(tx, acme, order, (email, &key, at));
            })
            .await;
        }
        let found = read(db, async |c| licenses::list_by_order(c, acme, order).await).await;
        assert_eq!(
            found.iter().map(|l| l.id).collect::<Vec<_>>(),
            [id(2), id(1)]
        );
        assert!(found.iter().all(|l| l.email == "Ann@example.com"));
        assert_eq!(found[0].updated_at, Some(NOW));
    })
    .await;
}

#[tokio::test]
async fn licences_are_filtered_counted_and_paged() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        for n in 1..=5 {
            let row = License {
                email_key: if n == 2 {
                    "ann@example.com".into()
                } else {
                    String::new()
                },
                livemode: n == 5,
                expires_at: if n == 3 { NOW - 1 } else { NOW + 1_000 },
                state: if n == 4 {
                    "revoked".into()
                } else {
                    "active".into()
                },
                ..a_license(n, of)
            };
            assert!(insert(db, acme, &row).await);
        }
        let found = async |filter: LicenseFilter| {
            let counted = read(db, async |c| licenses::count(c, acme, &filter, 100).await).await;
            let listed = read(db, async |c| licenses::list(c, acme, &filter).await).await;
            if filter.after.is_none() && filter.offset == 0 && filter.limit == 50 {
                assert_eq!(counted, i64::try_from(listed.len()).expect("few"));
            }
            listed.iter().map(|l| l.id).collect::<Vec<LicenseId>>()
        };
        assert_eq!(found(all()).await, [id(4), id(3), id(2), id(1)]);
        assert_eq!(
            found(LicenseFilter {
                livemode: true,
                ..all()
            })
            .await,
            [id(5)]
        );
        let product_id = of.0.get();
        assert_eq!(
            found(LicenseFilter {
                product_id,
                ..all()
            })
            .await
            .len(),
            4
        );
        assert_eq!(
            found(LicenseFilter {
                product_id: 999,
                ..all()
            })
            .await,
            []
        );
        let email_key = "ann@example.com".to_owned();
        assert_eq!(found(LicenseFilter { email_key, ..all() }).await, [id(2)]);
        let last_four = "0001".to_owned();
        assert_eq!(found(LicenseFilter { last_four, ..all() }).await, [id(1)]);
        let state = |word: &str| LicenseFilter {
            state: word.into(),
            ..all()
        };
        assert_eq!(found(state("active")).await, [id(2), id(1)]);
        assert_eq!(found(state("expired")).await, [id(3)], "its end has passed");
        assert_eq!(found(state("revoked")).await, [id(4)]);
        let page = LicenseFilter {
            offset: 1,
            limit: 2,
            ..all()
        };
        assert_eq!(found(page).await, [id(3), id(2)]);
        let after = Some((NOW + 3, id(3)));
        assert_eq!(
            found(LicenseFilter { after, ..all() }).await,
            [id(2), id(1)]
        );
        let most = read(db, async |c| licenses::count(c, acme, &all(), 3).await).await;
        assert_eq!(most, 3, "counted no further than asked");
        let since = |side| {
            read(db, async move |c| {
                licenses::count_since(c, acme, side).await
            })
        };
        assert_eq!(since((false, NOW + 3)).await, 2);
        assert_eq!(since((true, NOW)).await, 1);
    })
    .await;
}
