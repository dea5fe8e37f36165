//! Licences in the orders that a list is sorted by.

use engine::licenses::LicenseView;
use engine::licenses::list::{self, LicenseQuery};
use serde_json::json;

use super::{field_of, generated, ids, query};
use crate::shop::{Shop, new_product};
use crate::support::TestEngine;

/// Everything that a query finds, on pages of two.
async fn walk(t: &TestEngine, query: LicenseQuery) -> Vec<LicenseView> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let wanted = LicenseQuery {
            after,
            limit: 2,
            ..query.clone()
        };
        let page = list::execute(&t.engine, &t.system(), &wanted).await;
        let page = page.expect("lists");
        all.extend(page.items);
        after = page.after;
        if after.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn each_order_lists_every_licence_once_page_by_page() {
    let t = TestEngine::start().await;
    let mut expected = Vec::new();
    for (name, holder, days) in [
        ("Zeta", "bob@b.example", 20),
        ("atlas", "ann@b.example", 30),
        ("Zeta", "ann@b.example", 10),
        ("atlas", "cid@b.example", 20),
        ("Zeta", "aaa@b.example", 5),
    ] {
        if expected.len() < 2 {
            new_product(
                &t,
                &t.system(),
                json!({ "name": name, "defaultLicenseDays": 1 }),
            )
            .await;
        }
        let wish = json!({ "productName": name, "email": holder, "validityDays": days });
        expected.push(generated(&t, wish).await.expect("is generated")[0].id);
        t.clock.advance_seconds(1);
    }
    for (word, order) in [
        ("created", [0, 1, 2, 3, 4]),
        ("expires", [4, 2, 0, 3, 1]),
        ("email", [4, 1, 2, 0, 3]),
    ] {
        for (word, is_falling) in [(word.to_owned(), false), (format!("-{word}"), true)] {
            let sorted = LicenseQuery {
                order: Some(word.parse().expect("an order")),
                ..query("")
            };
            let mut expected = order.map(|n| expected[n]);
            if is_falling {
                expected.reverse();
            }
            assert_eq!(ids(&walk(&t, sorted).await), expected, "{word}");
        }
    }
    for (word, order) in [("product", [3, 1, 4, 2, 0]), ("-product", [4, 2, 0, 3, 1])] {
        let sorted = LicenseQuery {
            order: Some(word.parse().expect("an order")),
            ..query("")
        };
        let expected = order.map(|n| expected[n]);
        assert_eq!(ids(&walk(&t, sorted).await), expected, "{word}");
    }
}

#[tokio::test]
async fn an_order_goes_together_with_every_filter() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 3).await;
    shop.sell(&t, 2, 2).await;
    for word in ["created", "-expires", "email", "product"] {
        let order = Some(word.parse().expect("an order"));
        let sorted = |search: &str| LicenseQuery {
            order,
            ..query(search)
        };
        assert_eq!(walk(&t, sorted("buyer")).await.len(), 5, "{word}");
        assert_eq!(walk(&t, sorted("buyer2@")).await.len(), 2, "{word}");
        for (state, count) in [("active", 5), ("revoked", 0), ("expired", 0)] {
            let of_state = LicenseQuery {
                state: Some(state.parse().expect("a state")),
                ..sorted("")
            };
            assert_eq!(walk(&t, of_state).await.len(), count, "{word}, {state}");
        }
        let all = walk(&t, sorted("")).await;
        let of_product = LicenseQuery {
            product_id: Some(all[0].product_id),
            ..sorted("")
        };
        assert_eq!(ids(&walk(&t, of_product).await), ids(&all), "{word}");
    }
    let strange = LicenseQuery {
        order: Some("email".parse().expect("an order")),
        after: Some(
            "1_00000000-0000-7000-8000-000000000000"
                .parse()
                .expect("a place"),
        ),
        ..query("")
    };
    let refused = list::execute(&t.engine, &t.system(), &strange).await;
    assert_eq!(field_of(refused), "after");
}
