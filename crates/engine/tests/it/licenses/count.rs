//! How many licences there are, counted as far as that is worth its time.

use domain::ids::LicenseId;
use engine::licenses::list::{self, LicenseQuery};
use serde_json::json;
use store::licenses::{self, License};

use super::{generated, ids, query};
use crate::shop::new_product;
use crate::support::TestEngine;

/// Copies of a licence that were made before it, so that a page of one shows none of them.
async fn copy(t: &TestEngine, id: LicenseId, numbers: std::ops::Range<u32>) {
    let mut tx = t.engine.db().begin();
    let row = licenses::find(&mut tx, t.tenant, id)
        .await
        .expect("is read")
        .expect("is there");
    for number in numbers {
        let copy = License {
            id: LicenseId::from(uuid::Uuid::from_u128(u128::from(number))),
            key_index: number.to_be_bytes().to_vec(),
            created_at: row.created_at - i64::from(number),
            ..row.clone()
        };
        licenses::insert(&mut tx, t.tenant, &copy);
    }
    tx.commit().await.expect("are written");
}

#[tokio::test]
async fn ten_thousand_licences_are_counted_and_of_more_it_is_said_that_there_are_more() {
    let t = TestEngine::start().await;
    let product = new_product(&t, &t.system(), json!({ "name": "Atlas" })).await;
    let wish = json!({ "productId": product.id, "email": "a@b.example" });
    let one = generated(&t, wish).await.expect("is generated")[0].id;
    for part in 0..100 {
        copy(&t, one, (part * 100).max(1)..(part + 1) * 100).await;
    }
    let page = LicenseQuery {
        limit: 1,
        ..query("")
    };
    let counted = async || {
        let found = list::numbered(&t.engine, &t.system(), &page, 1).await;
        let found = found.expect("lists");
        assert_eq!(ids(&found.items), [one]);
        (found.total, found.total_is_lower_bound)
    };
    assert_eq!(counted().await, (10_000, false));
    copy(&t, one, 10_000..10_001).await;
    assert_eq!(counted().await, (10_000, true));
}
