//! The Rust SDK drives the sandbox unmodified; its types are strict about every field.

use std::collections::HashMap;
use std::time::Duration;

use sandbox::{Outcome, Sandbox};
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ProductData, RetrieveCheckoutSession,
};
use stripe_core::event::{ListEvent, RetrieveEvent};
use stripe_shared::{CheckoutSession, CheckoutSessionMode};
use stripe_types::{Currency, Expandable};

use crate::house::{KEY, sandbox};

fn client(sandbox: &Sandbox, key: &str) -> Client {
    // The client never speaks TLS here, but is built for it; a second installation is refused, which is fine.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    ClientBuilder::new(key)
        .url(format!("{}/", sandbox.base_url()))
        .timeout(Duration::from_secs(10))
        .build()
        .expect("a client")
}

fn purchase() -> CreateCheckoutSession {
    let mut product = ProductData::new("Photo Pro");
    product.description = Some("One year".to_owned());
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(Currency::EUR);
    price.unit_amount = Some(999);
    price.product_data = Some(product);
    let mut line = CreateCheckoutSessionLineItems::new();
    line.price_data = Some(price);
    line.quantity = Some(3);
    let metadata = HashMap::from([("productId".to_owned(), "7".to_owned())]);
    let mut intent = CreateCheckoutSessionPaymentIntentData::new();
    intent.metadata = Some(metadata.clone());
    CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .success_url("http://127.0.0.1:1/done?session_id={CHECKOUT_SESSION_ID}")
        .cancel_url("http://127.0.0.1:1/back")
        .line_items(vec![line])
        .metadata(metadata)
        .payment_intent_data(intent)
}

#[tokio::test]
async fn it_creates_pays_and_reads_a_session_with_all_that_hangs_on_it() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, KEY);
    let made = purchase().send(&client).await.expect("a session");
    assert_eq!(made.amount_total, Some(2997));
    sandbox.pay(made.id.as_str(), Outcome::Pay).expect("paid");
    let read: CheckoutSession = RetrieveCheckoutSession::new(made.id.clone())
        .expand(vec![
            "line_items".to_owned(),
            "payment_intent.latest_charge".to_owned(),
            "payment_intent.payment_method".to_owned(),
        ])
        .send(&client)
        .await
        .expect("the paid session");
    let items = read.line_items.expect("line items");
    assert_eq!(items.data[0].quantity, Some(3));
    let Some(Expandable::Object(intent)) = read.payment_intent else {
        panic!("the intent was to be expanded");
    };
    assert_eq!(intent.metadata["productId"], "7");
    let Some(Expandable::Object(charge)) = intent.latest_charge else {
        panic!("the charge was to be expanded");
    };
    assert!(charge.paid);
}

#[tokio::test]
async fn it_lists_and_retrieves_events() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, KEY);
    let made = purchase().send(&client).await.expect("a session");
    sandbox.pay(made.id.as_str(), Outcome::Pay).expect("paid");
    let wanted = vec!["checkout.session.completed".to_owned()];
    let page = ListEvent::new()
        .types(wanted)
        .send(&client)
        .await
        .expect("events");
    assert_eq!(page.data.len(), 1);
    let id = page.data[0].id.clone();
    let event = RetrieveEvent::new(id.clone())
        .send(&client)
        .await
        .expect("the event");
    assert_eq!(event.id, id);
    assert_eq!(event.api_version.as_deref(), Some(sandbox::NEWEST));
}

#[tokio::test]
async fn its_idempotency_key_makes_one_session() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, KEY);
    let mut ids = Vec::new();
    for _ in 0..2 {
        let key = IdempotencyKey::new("order-1").expect("a key");
        let session: CheckoutSession = purchase()
            .customize()
            .request_strategy(RequestStrategy::Idempotent(key))
            .send(&client)
            .await
            .expect("a session");
        ids.push(session.id);
    }
    assert_eq!(ids[0], ids[1]);
    let seen = sandbox.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].api_version.as_deref(), Some(sandbox::NEWEST));
}

#[tokio::test]
async fn it_reads_refusals_with_status_code_and_parameter() {
    let sandbox = sandbox().await;
    let wrong = client(&sandbox, "sk_test_invalid_1");
    match purchase().send(&wrong).await {
        Err(StripeError::Stripe(_, status)) => assert_eq!(status, 401),
        other => panic!("a 401 was to come, not {other:?}"),
    }
    let right = client(&sandbox, KEY);
    match purchase().success_url("nowhere").send(&right).await {
        Err(StripeError::Stripe(error, status)) => {
            assert_eq!(status, 400);
            assert_eq!(error.param.as_deref(), Some("success_url"));
        }
        other => panic!("a 400 was to come, not {other:?}"),
    }
}

/// `golden/async-stripe-session.json` is checked against Stripe's document by another test.
#[tokio::test]
async fn what_it_asks_for_is_what_the_golden_file_says() {
    let sandbox = sandbox().await;
    let client = client(&sandbox, KEY);
    purchase().send(&client).await.expect("a session");
    let golden = include_str!("../golden/async-stripe-session.json");
    let golden: serde_json::Value = serde_json::from_str(golden).expect("JSON");
    let asked = sandbox.requests().remove(0).params;
    assert_eq!(asked, golden, "{asked:#}");
}
