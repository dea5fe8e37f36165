//! Tenants that name each other's payments, orders and events change nothing for each other.

use engine::orders::checkout::{self, NewCheckout};
use engine::stripe::receive_event::{Answer, Target};
use engine::{Actor, Error};
use serde_json::json;

use super::fixture::{
    COMPLETED, SECRET_KEY, SUCCEEDED, Shop, add_app, add_product, event, keys_of,
};

const THEIRS: &str = "whsec_borealisborealisborealis05";

/// A second tenant with a product and an app of its own; answers the app's public id too.
async fn neighbour(shop: &Shop) -> (Actor, String, String) {
    let actor = shop.stranger("Borealis").await;
    let product = add_product(&shop.t, &actor, json!({})).await;
    let app = json!({ "webhookSigningSecret": THEIRS, "secretKey": SECRET_KEY });
    let (_, public_id) = add_app(&shop.t, &actor, app).await;
    (actor, product.to_string(), public_id)
}

async fn deliver_to(shop: &Shop, public_id: &str, body: &str) -> String {
    let header = domain::stripe_signature::sign(THEIRS, shop.t.engine.now(), body.as_bytes());
    let target = Target::App(public_id);
    match shop.post_to(target, Some(&header), body).await {
        Answer::Accepted { outcome } => outcome,
        other => panic!("the event should be accepted, but: {other:?}"),
    }
}

#[tokio::test]
async fn naming_anothers_payment_and_order_changes_nothing_for_them() {
    let shop = Shop::open().await;
    let (theirs, product, public_id) = neighbour(&shop).await;
    let new = NewCheckout {
        product_id: shop.product,
        quantity: 1,
        app_id: Some(shop.app),
        livemode: Some(false),
        currency: None,
        customer_email: None,
        plan_id: None,
        success_url: None,
        cancel_url: None,
    };
    let ours = checkout::execute(&shop.t.engine, &shop.t.system(), &new)
        .await
        .expect("the page is made");
    // They claim our payment intent, our session and our order, before we know of the payment.
    let claimed = json!({ "id": ours.session_id, "metadata": { "productId": product,
        "orderId": ours.order_id.to_string() } });
    let claim = event("evt_1", COMPLETED, &shop.session(1, claimed));
    deliver_to(&shop, &public_id, &claim).await;
    assert!(
        shop.keys().await.is_empty(),
        "nothing for us, nothing of us"
    );
    assert_eq!(keys_of(&shop.t, &theirs).await.len(), 1);

    let patch = json!({ "id": ours.session_id, "customer_details": { "email": "ours@example.com" },
        "metadata": { "orderId": ours.order_id.to_string() } });
    let real = event("evt_1", COMPLETED, &shop.session(1, patch));
    assert_eq!(shop.deliver(&real).await, "1 key issued, mail queued");
    assert_eq!(shop.keys().await[0].email, "ours@example.com");
    shop.t.run_due_jobs().await;
    assert_eq!(shop.t.mailer.sent().len(), 2, "a mail each");
}

#[tokio::test]
async fn naming_an_issued_payment_of_another_gives_none_of_its_keys() {
    let shop = Shop::open().await;
    let (theirs, product, public_id) = neighbour(&shop).await;
    shop.deliver(&event("evt_1", COMPLETED, &shop.session(1, json!({}))))
        .await;
    let before = shop.keys().await[0].activation_key.canonical().to_owned();
    let claim =
        json!({ "receipt_email": "thief@example.com", "metadata": { "productId": product } });
    let claim = event("evt_9", SUCCEEDED, &shop.intent(1, claim));
    deliver_to(&shop, &public_id, &claim).await;
    let ours = shop.keys().await;
    assert_eq!((ours.len(), &*ours[0].email), (1, "maria@example.com"));
    let stolen = keys_of(&shop.t, &theirs).await;
    assert!(
        stolen
            .iter()
            .all(|key| key.activation_key.canonical() != before)
    );
    shop.t.run_due_jobs().await;
    for mail in shop.t.mailer.sent() {
        let is_ours = mail.text.replace('-', "").contains(&before);
        assert_eq!(is_ours, mail.to == "maria@example.com");
    }
}

#[tokio::test]
async fn anothers_events_deliveries_and_apps_are_not_found() {
    let shop = Shop::open().await;
    let (theirs, ..) = neighbour(&shop).await;
    shop.deliver(&event("evt_1", COMPLETED, &shop.session(1, json!({}))))
        .await;
    shop.post(None, "{\"id\":\"evt_2\"}").await;
    let engine = &shop.t.engine;
    for line in shop.log().await {
        let seen = engine::stripe::events::detail(engine, &theirs, line.id).await;
        assert!(matches!(seen, Err(Error::NotFound(_))));
        let replayed = engine::stripe::replay::execute(engine, &theirs, line.id).await;
        assert!(matches!(replayed, Err(Error::NotFound(_))));
    }
    let app = engine::stripe::apps::list::find(engine, &theirs, shop.app).await;
    assert!(matches!(app, Err(Error::NotFound(_))));
    let archived = engine::stripe::apps::archive::execute(engine, &theirs, shop.app).await;
    assert!(matches!(archived, Err(Error::NotFound(_))));
}
