//! Orders in review, a page at a time.

use domain::ids::{ProductId, TenantId};
use domain::list_order::LogOrder;
use store::orders::{self, Order};
use store::review_list::{self, ReviewFilter};

use crate::rows::{an_order, product, tenant};
use crate::support::{NOW, TestDb, id, keep, on_each, read};

fn in_review(tenant: TenantId, n: u128, email: &str) -> Order {
    Order {
        state: "review".into(),
        email: email.into(),
        email_key: email.into(),
        created_at: NOW,
        ..an_order(tenant, n)
    }
}

async fn insert(db: &TestDb, row: &Order) {
    keep(db, |tx| orders::insert(tx, row)).await;
}

/// Three of one instant, then two of the next; the product of the even ones is known. Others are not to be found.
async fn five(db: &TestDb, acme: TenantId) -> ProductId {
    let product = product(db, acme).await;
    for n in 1..=5 {
        let email = if n == 3 { "" } else { "ann@example.com" };
        let row = Order {
            created_at: if n > 3 { NOW + 1 } else { NOW },
            product_id: (n % 2 == 0).then_some(product.get()),
            ..in_review(acme, n, email)
        };
        insert(db, &row).await;
    }
    for (n, state, livemode) in [(6, "dismissed", false), (7, "review", true)] {
        let row = Order {
            state: state.into(),
            livemode,
            product_id: Some(product.get()),
            ..in_review(acme, n, "ann@example.com")
        };
        insert(db, &row).await;
    }
    let blue = tenant(db).await;
    insert(db, &in_review(blue, 8, "ann@example.com")).await;
    product
}

fn all() -> ReviewFilter {
    ReviewFilter {
        livemode: false,
        product_id: 0,
        beginning: String::new(),
        stripe_id: String::new(),
        order: LogOrder::Oldest,
        after: None,
        limit: 9,
    }
}

/// Everything that a filter finds, page by page.
async fn walk(db: &TestDb, tenant: TenantId, mut filter: ReviewFilter) -> Vec<u128> {
    let mut found = Vec::new();
    loop {
        let page = read(db, async |c| review_list::list(c, tenant, &filter).await).await;
        assert!(i64::try_from(page.len()).is_ok_and(|rows| rows <= filter.limit));
        let Some(last) = page.last() else {
            return found;
        };
        filter.after = Some((last.waits_since(), last.id));
        found.extend(page.iter().map(|order| order.id.get().as_u128()));
    }
}

/// The filter finds these, the oldest first; and from the other end the same turned around.
async fn expect_both_ways(db: &TestDb, tenant: TenantId, oldest: ReviewFilter, expected: &[u128]) {
    let newest = ReviewFilter {
        order: LogOrder::Newest,
        ..oldest.clone()
    };
    assert_eq!(walk(db, tenant, oldest).await, expected);
    let turned: Vec<_> = expected.iter().rev().copied().collect();
    assert_eq!(walk(db, tenant, newest).await, turned);
}

#[tokio::test]
async fn orders_in_review_stand_oldest_or_newest_first_page_by_page_also_those_of_one_instant() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let product = five(db, acme).await.get();
        for limit in [1, 2, 9] {
            for (product_id, beginning, expected) in [
                (0, "", vec![1, 2, 3, 4, 5]),
                (product, "", vec![2, 4]),
                (0, "ann@", vec![1, 2, 4, 5]),
                (product, "ann@", vec![2, 4]),
            ] {
                let filter = ReviewFilter {
                    product_id,
                    beginning: beginning.into(),
                    limit,
                    ..all()
                };
                expect_both_ways(db, acme, filter, &expected).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_stands_where_it_was_paid_and_before_that_is_known_where_it_was_made() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let product = product(db, acme).await.get();
        let minutes = |count: i64| NOW + count * 60_000;
        for (n, made, paid) in [(1, 0, Some(120)), (2, 60, Some(61)), (3, 90, None)] {
            let row = Order {
                created_at: minutes(made),
                paid_at: paid.map(minutes),
                product_id: Some(product),
                ..in_review(acme, n, "ann@example.com")
            };
            insert(db, &row).await;
        }
        for (product_id, beginning) in [(0, ""), (product, ""), (0, "ann@"), (product, "ann@")] {
            for limit in [1, 2, 9] {
                let filter = ReviewFilter {
                    product_id,
                    beginning: beginning.into(),
                    limit,
                    ..all()
                };
                expect_both_ways(db, acme, filter, &[2, 3, 1]).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_order_that_is_decided_leaves_a_gap_and_the_next_page_goes_on_behind_it() {
    on_each(async |db| {
        let acme = tenant(db).await;
        five(db, acme).await;
        let decided = Order {
            state: "dismissed".into(),
            ..in_review(acme, 2, "ann@example.com")
        };
        keep(db, |tx| orders::update(tx, &decided)).await;
        let rest = ReviewFilter {
            after: Some((NOW, id(2))),
            ..all()
        };
        assert_eq!(walk(db, acme, rest).await, [3, 4, 5]);
    })
    .await;
}

#[tokio::test]
async fn an_order_in_review_is_found_by_its_buyer_or_by_an_id_of_stripes() {
    on_each(async |db| {
        let acme = tenant(db).await;
        five(db, acme).await;
        for (n, fact) in [
            (3, ("payment_intent", "pi_Three")),
            (3, ("session", "cs_Three")),
            (6, ("session", "cs_Six")),
        ] {
            keep(db, |tx| orders::claim_fact(tx, acme, fact, (id(n), NOW))).await;
        }
        let found = async |beginning: &str, stripe_id: &str| {
            let filter = ReviewFilter {
                beginning: beginning.into(),
                stripe_id: stripe_id.into(),
                ..all()
            };
            walk(db, acme, filter).await
        };
        assert_eq!(found("pi_three", "pi_Three").await, [3]);
        assert_eq!(found("cs_three", "cs_Three").await, [3]);
        assert_eq!(found("cs_three", "cs_three").await, [], "not folded");
        assert_eq!(found("cs_six", "cs_Six").await, [], "it is decided");
        assert_eq!(found("ann", "cs_Three").await, [1, 2, 3, 4, 5], "either");
        assert_eq!(found("%", "%").await, [], "no pattern");
    })
    .await;
}
