//! A tenant that sells: a product and a Stripe app, whose events are signed as Stripe signs them.

use domain::product::ProductForm;
use domain::stripe_app::StripeAppForm;
use domain::stripe_signature;
use engine::Actor;
use engine::products::{self, ProductView};
use engine::stripe::apps::{self, AppView};
use engine::stripe::receive_event::{self, Answer, Incoming, Target};
use serde_json::{Value, json};

use crate::support::TestEngine;

/// A product at 49 and a test app that is ready.
pub struct Shop {
    pub actor: Actor,
    pub product: ProductView,
    pub app: AppView,
    secret: String,
}

impl Shop {
    /// Opens one for a tenant; its signing secret is its own, as the installation wants it.
    pub async fn open(t: &TestEngine, actor: Actor) -> Self {
        let product = new_product(
            t,
            &actor,
            json!({ "name": "Atlas", "price": "49", "currency": "EUR" }),
        )
        .await;
        let tenant = actor.tenant();
        let secret = format!("whsec_shop{tenant}abcdefghijklmnopqrstuvwxyz");
        let form: StripeAppForm = serde_json::from_value(json!({
            "name": "Store", "secretKey": format!("sk_test_shop{tenant}abcdefghijklmnop"),
            "webhookSigningSecret": secret, "isLive": false, "isDefault": true,
        }))
        .expect("a form");
        let id = apps::save::create(&t.engine, &actor, &form)
            .await
            .expect("the app is saved");
        let app = apps::list::find(&t.engine, &actor, id)
            .await
            .expect("is there");
        Self {
            actor,
            product,
            app,
            secret,
        }
    }

    /// Delivers an event to the app's own URL, signed now.
    pub async fn deliver(&self, t: &TestEngine, event: &Value) -> Answer {
        self.deliver_signed(t, event, &self.secret).await
    }

    /// Delivers an event with a signature that anybody could make.
    pub async fn deliver_forged(&self, t: &TestEngine, event: &Value) -> Answer {
        self.deliver_signed(t, event, "whsec_forged").await
    }

    async fn deliver_signed(&self, t: &TestEngine, event: &Value, secret: &str) -> Answer {
        let body = event.to_string();
        let signature = stripe_signature::sign(secret, t.engine.now(), body.as_bytes());
        let public_id = self.app.webhook_url.rsplit('/').next().expect("an id");
        let incoming = Incoming {
            target: Target::App(public_id),
            signature: Some(&signature),
            body: body.as_bytes(),
            may_keep: &|| true,
        };
        receive_event::execute(&t.engine, incoming)
            .await
            .expect("nothing of ours fails")
    }

    /// A paid checkout of so many of the product; `number` tells purchases apart.
    pub fn paid(&self, number: u32, quantity: u16) -> Value {
        let mut event = completed(number, &json!(self.product.id));
        event["data"]["object"]["metadata"]["quantity"] = json!(quantity.to_string());
        event
    }

    /// Sells so many and answers nothing: the keys exist, the mail is queued.
    pub async fn sell(&self, t: &TestEngine, number: u32, quantity: u16) {
        let answer = self.deliver(t, &self.paid(number, quantity)).await;
        let Answer::Accepted { outcome } = answer else {
            panic!("the payment should be taken: {answer:?}");
        };
        assert!(outcome.contains("issued"), "{outcome}");
    }
}

/// A product of the actor's tenant.
pub async fn new_product(t: &TestEngine, actor: &Actor, json: Value) -> ProductView {
    let form: ProductForm = serde_json::from_value(json).expect("a form");
    products::create::execute(&t.engine, actor, &form)
        .await
        .expect("the product is saved")
}

/// Another tenant of the installation.
pub async fn second_tenant(t: &TestEngine) -> Actor {
    let tenant = engine::tenants::create::execute(&t.engine, "Blue")
        .await
        .expect("is created");
    Actor::system(tenant)
}

/// A paid checkout that names this product.
pub fn completed(number: u32, product: &Value) -> Value {
    json!({
        "id": format!("evt_{number}"), "object": "event", "type": "checkout.session.completed",
        "livemode": false, "api_version": "2024-04-10", "created": 1_795_435_200,
        "data": { "object": {
            "id": format!("cs_test_{number}"), "object": "checkout.session", "mode": "payment",
            "payment_status": "paid", "payment_intent": format!("pi_{number}"),
            "amount_total": 4_900, "currency": "eur", "livemode": false,
            "customer_details": { "email": format!("Buyer{number}@example.com") },
            "metadata": { "productId": product },
        } },
    })
}
