//! The checklist on the way to a first sale: each step is looked up.

use domain::license_form::LicenseForm;
use engine::guide;
use engine::licenses::generate::{self, Side};
use serde_json::json;

use crate::shop::Shop;
use crate::support::TestEngine;

#[tokio::test]
async fn a_test_purchase_is_remembered_however_many_keys_are_made_after_it() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    let is_ticked = async || {
        let progress = guide::progress(&t.engine, &shop.actor).await;
        progress.expect("is looked up").has_test_purchase
    };
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com", "quantity": 100 });
    let form: LicenseForm = serde_json::from_value(wish).expect("a form");
    let generate = async || {
        let made = generate::execute(&t.engine, &shop.actor, &form, Side::Test).await;
        assert_eq!(made.expect("are generated").len(), 100);
    };
    generate().await;
    assert!(!is_ticked().await, "nothing was bought");
    shop.sell(&t, 1, 1).await;
    for _ in 0..3 {
        generate().await;
    }
    assert!(is_ticked().await);
}
