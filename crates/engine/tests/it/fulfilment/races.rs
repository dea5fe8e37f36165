//! Two nodes with one payment or one secret at one instant, as only PostgreSQL lets them: the test holds
//! one transaction open until the other waits for it.

use std::sync::Arc;

use domain::ids::OrderId;
use engine::stripe::apps;
use futures::future::join_all;
use serde_json::json;
use store::orders::{self, Order};
use store::{Tx, installation};

use super::fixture::{COMPLETED, Shop, event};
use crate::support::{START, TestEngine};

/// Writes an order that has issued, and is known by this payment intent.
fn issue_for(tx: &mut Tx, shop: &Shop, payment_intent: &str) -> OrderId {
    let now = START.millis();
    let order = Order {
        id: OrderId::from(uuid::Uuid::from_u128(7)),
        tenant_id: shop.t.tenant,
        app_id: Some(shop.app.get()),
        livemode: false,
        state: "issued".into(),
        named_product: shop.product.to_string(),
        product_id: Some(shop.product.get()),
        plan_id: None,
        plan_days: None,
        quantity: 1,
        email: "maria@example.com".into(),
        email_key: "maria@example.com".into(),
        amount_minor: Some(4_990),
        currency: "USD".into(),
        quote_minor: None,
        quote_currency: String::new(),
        review_reason: None,
        paid_at: Some(now),
        issued_at: Some(now),
        created_at: now,
        updated_at: now,
    };
    orders::insert(tx, &order);
    let fact = ("payment_intent", payment_intent);
    orders::claim_fact(tx, shop.t.tenant, fact, (order.id, now));
    order.id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_another_order_issued_at_that_instant_issues_nothing_more() {
    let Some(t) = TestEngine::start_on_postgres().await else {
        return;
    };
    let shop = Arc::new(Shop::open_in(t).await);
    // The session is known before its payment: it has an order that waits.
    let unpaid = json!({ "payment_status": "unpaid", "payment_intent": null });
    let body = event("evt_1", COMPLETED, &shop.session(1, unpaid));
    shop.deliver(&body).await;

    let mut other_node = shop.t.engine.db().begin();
    let issued = issue_for(&mut other_node, &shop, "pi_1");
    let known = orders::find(&mut other_node, shop.t.tenant, issued).await;
    assert!(known.expect("is written").is_some());
    let late = tokio::spawn({
        let shop = shop.clone();
        async move {
            let body = event("evt_2", COMPLETED, &shop.session(1, json!({})));
            shop.deliver(&body).await
        }
    });
    let database = shop.t.postgres.as_ref().expect("it is on PostgreSQL");
    database.until_waiting(1).await;
    other_node.commit().await.expect("commits");

    let outcome = late.await.expect("the event is processed");
    assert!(outcome.starts_with("same payment"), "{outcome}");
    assert!(shop.keys().await.is_empty(), "the other node has issued");
    let mut conn = shop.t.engine.db().read().await.expect("reads");
    let fact = ("session", "cs_test_1");
    let first = orders::find_by_fact(&mut conn, shop.t.tenant, fact).await;
    let first = first.expect("reads").expect("is known");
    let first = orders::find(&mut conn, shop.t.tenant, first).await;
    let first = first.expect("reads").expect("is there");
    assert_eq!(first.state, "dismissed", "it points to the one that issued");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_tenants_that_save_one_secret_at_that_instant_as_new_and_as_former_one_has_it() {
    let Some(t) = TestEngine::start_on_postgres().await else {
        return;
    };
    let shop = Arc::new(Shop::open_in(t).await);
    let stranger = shop.stranger("Borealis").await;
    let mut somebody = shop.t.engine.db().begin();
    installation::lock(&mut somebody).await.expect("locks");
    let wishes = [
        (stranger, "webhookSigningSecret"),
        (shop.t.system(), "previousWebhookSigningSecret"),
    ];
    let wishes = wishes.map(|(actor, field)| {
        let shop = shop.clone();
        tokio::spawn(async move {
            let form = json!({ "name": "Second", field: "whsec_contestedcontestedcontested07" });
            let form = serde_json::from_value(form).expect("a form");
            let saved = apps::save::create(&shop.t.engine, &actor, &form).await;
            saved.is_ok()
        })
    });
    let database = shop.t.postgres.as_ref().expect("it is on PostgreSQL");
    database.until_waiting(2).await;
    somebody.commit().await.expect("commits");
    let saved = join_all(wishes).await;
    let saved = saved.into_iter().map(|save| save.expect("it is answered"));
    assert_eq!(saved.filter(|is_saved| *is_saved).count(), 1);
}
