//! Licences.

use domain::ids::{DataKeyId, LicenseId, ProductId, TenantId};
use store::license_list::{self, LicenseFilter, LicenseSearch};
use store::licenses::{self, License};

use crate::rows::{a_license, data_key, order, product, tenant};
use crate::support::{NOW, TestDb, id, is_kept, keep, on_each, read};

pub async fn ready(db: &TestDb) -> (TenantId, (ProductId, DataKeyId)) {
    let tenant = tenant(db).await;
    (
        tenant,
        (product(db, tenant).await, data_key(db, tenant).await),
    )
}

pub async fn insert(db: &TestDb, tenant: TenantId, row: &License) -> bool {
    is_kept(db, |tx| licenses::insert(tx, tenant, row)).await
}

pub fn all() -> LicenseFilter {
    LicenseFilter {
        livemode: false,
        product_id: 0,
        state: String::new(),
        now: NOW,
        search: LicenseSearch::All,
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
        let mut tx = db.begin();
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
async fn what_people_say_of_a_licence_is_written_and_the_rest_stays() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        let (first, other) = (a_license(1, of), a_license(2, of));
        assert!(insert(db, acme, &first).await && insert(db, acme, &other).await);
        let said = License {
            email: "Ann@example.com".into(),
            email_key: "ann@example.com".into(),
            corporate_name: Some("Acme".into()),
            max_seats: Some(5),
            features: r#"["api"]"#.into(),
            note: Some("By wire.\nRenew in May.".into()),
            updated_at: Some(NOW),
            state: "revoked".into(),
            seats_used: 4,
            expires_at: 0,
            ..first.clone()
        };
        keep(db, |tx| licenses::set_fields(tx, acme, &said)).await;
        let find = async |license| {
            let row = read(db, async |c| licenses::find(c, acme, license).await).await;
            row.expect("is there")
        };
        let row = find(first.id).await;
        assert_eq!(
            (row.email, row.email_key, row.corporate_name, row.note),
            (said.email, said.email_key, said.corporate_name, said.note)
        );
        assert_eq!((row.max_seats, row.updated_at), (Some(5), Some(NOW)));
        assert_eq!(row.features, r#"["api"]"#);
        assert_eq!((row.state.as_str(), row.seats_used), ("active", 0));
        assert_eq!(row.expires_at, first.expires_at);
        keep(db, |tx| licenses::set_fields(tx, acme, &first)).await;
        let row = find(first.id).await;
        assert_eq!(
            (row.max_seats, row.note, row.corporate_name),
            (None, None, None)
        );
        assert_eq!(find(other.id).await.updated_at, None);
        let blue = tenant(db).await;
        let foreign = is_kept(db, |tx| licenses::set_fields(tx, blue, &first)).await;
        assert!(!foreign, "of its own tenant alone");
    })
    .await;
}

#[tokio::test]
async fn licences_are_filtered_counted_and_paged() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        for n in 1..=5 {
            let row = License {
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
            let counted = read(db, async |c| {
                license_list::count(c, acme, &filter, 100).await
            })
            .await;
            let listed = read(db, async |c| license_list::list(c, acme, &filter).await).await;
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
        let search = LicenseSearch::LastFour("0001".to_owned());
        assert_eq!(found(LicenseFilter { search, ..all() }).await, [id(1)]);
        let state = |word: &str| LicenseFilter {
            state: word.into(),
            ..all()
        };
        assert_eq!(found(state("active")).await, [id(2), id(1)]);
        assert_eq!(found(state("expired")).await, [id(3)], "its end has passed");
        assert_eq!(found(state("revoked")).await, [id(4)]);
        for word in ["active", "expired", "revoked", ""] {
            let narrowed = LicenseFilter {
                product_id,
                ..state(word)
            };
            assert_eq!(found(narrowed).await, found(state(word)).await, "{word}");
        }
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
        let most = read(db, async |c| license_list::count(c, acme, &all(), 3).await).await;
        assert_eq!(most, 3, "counted no further than asked");
    })
    .await;
}

#[tokio::test]
async fn expired_licences_are_listed_by_their_end_the_latest_first() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        for (n, ended) in [(1, 10), (2, 30), (3, 20), (4, -10)] {
            let row = License {
                expires_at: NOW - ended,
                email_key: "ann@example.com".into(),
                ..a_license(n, of)
            };
            assert!(insert(db, acme, &row).await);
        }
        let by_email = LicenseSearch::Email("ann@example.com".into());
        for search in [LicenseSearch::All, by_email] {
            let mut filter = LicenseFilter {
                state: "expired".into(),
                search,
                limit: 2,
                ..all()
            };
            let mut pages = Vec::new();
            for _ in 0..2 {
                let page = read(db, async |c| license_list::list(c, acme, &filter).await).await;
                filter.after = page.last().map(|row| filter.place(row));
                pages.push(page.iter().map(|row| row.id).collect::<Vec<LicenseId>>());
            }
            assert_eq!(pages, [vec![id(1), id(3)], vec![id(2)]]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_holder_is_found_by_the_whole_address_or_by_how_it_begins() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        let holders = [
            "ann@example.com",
            "ann@example.com.au",
            "anna@example.com",
            "añe@example.com",
            "bob@example.com",
            "",
        ];
        for (n, holder) in (1..).zip(holders) {
            let row = License {
                email_key: holder.into(),
                ..a_license(n, of)
            };
            assert!(insert(db, acme, &row).await);
        }
        let blue = tenant(db).await;
        let found = async |tenant, search: LicenseSearch| {
            let filter = LicenseFilter { search, ..all() };
            let counted = read(db, async |c| {
                license_list::count(c, tenant, &filter, 100).await
            })
            .await;
            let listed = read(db, async |c| license_list::list(c, tenant, &filter).await).await;
            assert_eq!(counted, i64::try_from(listed.len()).expect("few"));
            listed.iter().map(|l| l.id).collect::<Vec<LicenseId>>()
        };
        let whole = |text: &str| LicenseSearch::Email(text.into());
        let begins = |text: &str| LicenseSearch::EmailBeginning(text.into());
        assert_eq!(found(acme, whole("ann@example.com")).await, [id(1)]);
        assert_eq!(found(acme, whole("ann")).await, []);
        assert_eq!(
            found(acme, whole("Ann@example.com")).await,
            [],
            "folded before"
        );
        assert_eq!(found(acme, begins("ann@example.com")).await, [id(2), id(1)]);
        assert_eq!(found(acme, begins("ann")).await, [id(3), id(2), id(1)]);
        assert_eq!(found(acme, begins("a")).await, [id(4), id(3), id(2), id(1)]);
        assert_eq!(found(acme, begins("añ")).await, [id(4)]);
        assert_eq!(found(acme, begins("%")).await, [], "no pattern");
        assert_eq!(
            found(blue, begins("a")).await,
            [],
            "of its own tenant alone"
        );
        let place = LicenseFilter {
            search: begins("ann"),
            after: Some((NOW + 3, id(3))),
            limit: 1,
            ..all()
        };
        let page = read(db, async |c| license_list::list(c, acme, &place).await).await;
        assert_eq!(page.iter().map(|l| l.id).collect::<Vec<_>>(), [id(2)]);
        let narrowed = LicenseFilter {
            search: begins("ann"),
            state: "revoked".into(),
            ..all()
        };
        let none = read(db, async |c| license_list::list(c, acme, &narrowed).await).await;
        assert!(none.is_empty());
    })
    .await;
}
