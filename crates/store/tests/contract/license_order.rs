//! Licences in an order of their own.

use domain::ids::{DataKeyId, LicenseId, ProductId, TenantId};
use store::license_list::{LicenseFilter, LicenseSearch};
use store::license_order::{self, LicenseKey, OrderedFilter};
use store::licenses::License;

use crate::licenses::{all, insert, ready};
use crate::rows::{a_license, tenant};
use crate::support::{NOW, TestDb, id, on_each, read};

/// Four of them, and one on the other side.
async fn four(db: &TestDb, acme: TenantId, of: (ProductId, DataKeyId)) {
    let rows = [
        (1, "bob@example.com", 30, "active"),
        (2, "", 10, "active"),
        (3, "ann@example.com", 20, "revoked"),
        (4, "ann@example.com", 20, "active"),
    ];
    for (n, holder, end, state) in rows {
        let row = License {
            email_key: holder.into(),
            expires_at: NOW + end,
            state: state.into(),
            ..a_license(n, of)
        };
        assert!(insert(db, acme, &row).await);
    }
    let live = License {
        livemode: true,
        ..a_license(5, of)
    };
    assert!(insert(db, acme, &live).await);
}

/// Everything that a filter finds, in this order, page by page.
async fn walk(
    db: &TestDb,
    tenant: TenantId,
    (filter, order): (&LicenseFilter, (LicenseKey, bool, bool)),
) -> Vec<LicenseId> {
    let (key, is_falling, is_few) = order;
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let ordered = OrderedFilter {
            filter,
            key,
            is_falling,
            after: after.as_ref(),
            is_few,
        };
        let page = read(db, async |c| license_order::list(c, tenant, &ordered).await).await;
        assert!(page.is_sorted_by(|one, other| ordered.compare(one, other).is_lt()));
        all.extend(page.iter().map(|row| row.id));
        after = page.into_iter().next_back();
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn licences_stand_in_the_order_that_is_asked_for_page_by_page_and_either_way() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        four(db, acme, of).await;
        let pages = LicenseFilter { limit: 1, ..all() };
        for (key, expected) in [
            (LicenseKey::Created, [1, 2, 3, 4]),
            (LicenseKey::Expires, [2, 3, 4, 1]),
            (LicenseKey::Email, [2, 3, 4, 1]),
        ] {
            let mut expected = expected.map(id::<LicenseId>);
            assert_eq!(
                walk(db, acme, (&pages, (key, false, false))).await,
                expected,
                "{key:?}"
            );
            expected.reverse();
            assert_eq!(
                walk(db, acme, (&pages, (key, true, false))).await,
                expected,
                "{key:?}"
            );
        }
        let blue = tenant(db).await;
        assert_eq!(
            walk(db, blue, (&pages, (LicenseKey::Email, false, false))).await,
            []
        );
    })
    .await;
}

#[tokio::test]
async fn an_order_goes_together_with_every_filter() {
    on_each(async |db| {
        let (acme, of) = ready(db).await;
        four(db, acme, of).await;
        let (product_id, by_email) = (of.0.get(), LicenseKey::Email);
        for (state, expected) in [
            ("active", vec![2, 4, 1]),
            ("revoked", vec![3]),
            ("", vec![2, 3, 4, 1]),
        ] {
            let expected: Vec<LicenseId> = expected.into_iter().map(id).collect();
            let narrowed = LicenseFilter {
                product_id,
                state: state.into(),
                ..all()
            };
            for is_few in [false, true] {
                assert_eq!(
                    walk(db, acme, (&narrowed, (by_email, false, is_few))).await,
                    expected,
                    "{state}"
                );
            }
        }
        let ended = LicenseFilter {
            state: "expired".into(),
            now: NOW + 15,
            ..all()
        };
        assert_eq!(
            walk(db, acme, (&ended, (by_email, true, true))).await,
            [id(2)]
        );
        let searches = [
            (LicenseSearch::EmailBeginning("ann".into()), vec![3, 4]),
            (LicenseSearch::LastFour("0001".into()), vec![1]),
        ];
        for (search, expected) in searches {
            let expected: Vec<LicenseId> = expected.into_iter().map(id).collect();
            let found = LicenseFilter { search, ..all() };
            assert_eq!(
                walk(db, acme, (&found, (LicenseKey::Expires, false, false))).await,
                expected
            );
        }
    })
    .await;
}
