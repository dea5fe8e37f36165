//! Tickets: read by their tenant alone.

use engine::Error;
use engine::tickets::{create, find};
use serde_json::json;

use crate::shop::{new_product, second_tenant};
use crate::support::TestEngine;

#[tokio::test]
async fn a_ticket_is_found_with_its_text_and_by_its_tenant_alone() {
    let t = TestEngine::start().await;
    let product = new_product(&t, &t.system(), json!({"name": "Studio", "price": 1})).await;
    let form = serde_json::from_value(json!({
        "productName": "studio", "email": "ann@example.com",
        "subject": "It stops", "message": "Every time.\nWhy?",
    }));
    let form = form.expect("a form");
    let id = create::execute(&t.engine, &t.system(), &form).await;
    let id = id.expect("is taken");
    let found = find::execute(&t.engine, &t.system(), id).await;
    let found = found.expect("is found");
    assert_eq!(
        (found.product_id, found.product_name.as_str()),
        (product.id, "Studio")
    );
    assert_eq!(
        (found.subject.as_str(), found.message.as_str()),
        ("It stops", "Every time.\nWhy?")
    );
    let other = find::execute(&t.engine, &second_tenant(&t).await, id).await;
    assert!(matches!(other, Err(Error::NotFound("ticket"))));
}
