//! Checkouts that we made ourselves: fulfilled as they were quoted, or looked at by a person.

use engine::orders::checkout::{self, NewCheckout};
use engine::orders::success;
use serde_json::{Value, json};

use super::fixture::{COMPLETED, SUCCEEDED, Shop, event};
use super::judgement::metadata;

impl Shop {
    /// The checkout that the shop itself makes, of three.
    async fn check_out(&self) -> checkout::Checkout {
        let new = NewCheckout {
            product_id: self.product,
            quantity: 3,
            app_id: Some(self.app),
            livemode: Some(false),
            currency: None,
            customer_email: None,
            plan_id: None,
            success_url: None,
            cancel_url: None,
        };
        checkout::execute(&self.t.engine, &self.t.system(), &new)
            .await
            .expect("Stripe makes the page")
    }
}

#[tokio::test]
async fn what_is_unlike_our_own_quote_is_reviewed() {
    for (patch, reason) in [
        (json!({ "amount_total": 1 }), "The amount paid is 1"),
        (json!({ "currency": "eur" }), "was made in EUR"),
        (metadata(&json!({ "quantity": "4" })), "a quantity of 4"),
    ] {
        let shop = Shop::open().await;
        let checkout = shop.check_out().await;
        let mut as_quoted = json!({ "id": checkout.session_id, "amount_total": 3 * 4990,
            "metadata": { "quantity": "3", "orderId": checkout.order_id.to_string() } });
        for (name, value) in patch.as_object().expect("an object") {
            match value {
                Value::Object(_) => as_quoted[name]["quantity"] = json!("4"),
                other => as_quoted[name] = other.clone(),
            }
        }
        shop.assert_reviewed(1, as_quoted, reason).await;
    }
}

#[tokio::test]
async fn our_own_checkout_names_product_quantity_and_order_to_stripe() {
    let shop = Shop::open().await;
    let checkout = shop.check_out().await;
    let asked = shop.t.stripe.requests();
    assert_eq!(asked.len(), 1);
    let expected = [
        ("productId", shop.product.to_string()),
        ("quantity", "3".into()),
        ("orderId", checkout.order_id.to_string()),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value));
    assert_eq!(asked[0].metadata, expected);
    assert_eq!((asked[0].unit_minor, asked[0].quantity), (4990, 3));
    assert!(shop.keys().await.is_empty(), "a page is no payment");
}

#[tokio::test]
async fn our_own_checkout_is_fulfilled_by_either_event() {
    for with_session in [true, false] {
        let shop = Shop::open().await;
        let checkout = shop.check_out().await;
        let metadata = json!({ "quantity": "3", "orderId": checkout.order_id.to_string() });
        let body = if with_session {
            let patch = json!({ "id": checkout.session_id, "amount_total": 3 * 4990,
                "metadata": metadata });
            event("evt_1", COMPLETED, &shop.session(1, patch))
        } else {
            let patch = json!({ "amount_received": 3 * 4990, "metadata": metadata });
            event("evt_1", SUCCEEDED, &shop.intent(1, patch))
        };
        shop.deliver(&body).await;
        assert_eq!(shop.keys().await.len(), 3);
        let page = success::execute(&shop.t.engine, &checkout.session_id).await;
        let is_ready = matches!(page, Ok(success::Success::Ready { keys, .. }) if keys.len() == 3);
        assert!(is_ready, "the success page shows them");
    }
}

#[tokio::test]
async fn an_order_id_copied_to_another_payment_takes_no_keys_from_it() {
    let shop = Shop::open().await;
    let checkout = shop.check_out().await;
    let metadata = json!({ "quantity": "3", "orderId": checkout.order_id.to_string() });
    let first = json!({ "id": checkout.session_id, "amount_total": 3 * 4990,
        "metadata": metadata });
    shop.buy(1, first).await;
    let copied = json!({ "amount_total": 3 * 4990, "metadata": metadata });
    let (outcome, _) = shop.buy(2, copied).await;
    assert_eq!(outcome, "3 keys issued, mail queued");
    assert_eq!(shop.keys().await.len(), 6);
}
