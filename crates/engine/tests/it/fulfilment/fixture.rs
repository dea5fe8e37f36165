//! A shop that sells one product by one Stripe app, and the events that Stripe would send it.

use domain::ids::{ProductId, StripeAppId};
use domain::list_order::LogOrder;
use domain::stripe_app::StripeAppForm;
use domain::stripe_signature::sign;
use engine::licenses::LicenseView;
use engine::licenses::list::{LicenseQuery, Search, newest};
use engine::mails::MailView;
use engine::mails::list::MailQuery;
use engine::stripe::receive_event::{self, Answer, Incoming, Target};
use engine::stripe::{apps, events};
use engine::{Actor, products};
use serde_json::{Value, json};
use store::event_log::{EventFilter, EventLine};

use crate::support::TestEngine;

/// The signing secret of the shop's app.
pub const SECRET: &str = "whsec_atlasatlasatlasatlasatlas01";
/// The secret key of the shop's app.
pub const SECRET_KEY: &str = "sk_test_51AtlasAtlasAtlasAtlas01";

pub const COMPLETED: &str = "checkout.session.completed";
pub const ASYNC_SUCCEEDED: &str = "checkout.session.async_payment_succeeded";
pub const ASYNC_FAILED: &str = "checkout.session.async_payment_failed";
pub const SUCCEEDED: &str = "payment_intent.succeeded";

/// An engine whose tenant sells "Atlas".
pub struct Shop {
    pub t: TestEngine,
    pub product: ProductId,
    pub app: StripeAppId,
    /// The last part of the app's webhook URL.
    pub public_id: String,
}

impl Shop {
    /// A shop whose keys last a year, with one app in test mode.
    pub async fn open() -> Self {
        Self::open_in(TestEngine::start().await).await
    }

    /// The same in an engine that is there.
    pub async fn open_in(t: TestEngine) -> Self {
        let actor = t.system();
        let product = add_product(&t, &actor, json!({})).await;
        let (app, public_id) = add_app(&t, &actor, json!({})).await;
        Self {
            t,
            product,
            app,
            public_id,
        }
    }

    /// Delivers a body with this header to the app's own URL.
    pub async fn post(&self, header: Option<&str>, body: &str) -> Answer {
        self.post_to(Target::App(&self.public_id), header, body)
            .await
    }

    /// Delivers a body with this header.
    pub async fn post_to(&self, target: Target<'_>, header: Option<&str>, body: &str) -> Answer {
        let incoming = Incoming {
            target,
            signature: header,
            body: body.as_bytes(),
            may_keep: &|| true,
        };
        receive_event::execute(&self.t.engine, incoming)
            .await
            .expect("nothing of ours fails")
    }

    /// Signs with a secret as of now, and delivers to the app's own URL.
    pub async fn post_signed(&self, secret: &str, body: &str) -> Answer {
        let header = sign(secret, self.t.engine.now(), body.as_bytes());
        self.post(Some(&header), body).await
    }

    /// Delivers an event as Stripe would; answers what came of it.
    pub async fn deliver(&self, body: &str) -> String {
        match self.post_signed(SECRET, body).await {
            Answer::Accepted { outcome } => outcome,
            other => panic!("the event should be accepted, but: {other:?}"),
        }
    }

    /// A paid session of one product, as Stripe has it; `patch` is laid over it.
    pub fn session(&self, number: u32, patch: Value) -> Value {
        let mut session = json!({
            "id": format!("cs_test_{number}"), "object": "checkout.session", "mode": "payment",
            "payment_status": "paid", "payment_intent": format!("pi_{number}"),
            "amount_total": 4990, "currency": "usd",
            "customer_details": { "email": "maria@example.com" },
            "metadata": { "productId": self.product.to_string(), "quantity": "1" },
        });
        lay_over(&mut session, patch);
        session
    }

    /// The payment intent of the session with the same number.
    pub fn intent(&self, number: u32, patch: Value) -> Value {
        let mut intent = json!({
            "id": format!("pi_{number}"), "object": "payment_intent", "status": "succeeded",
            "amount": 4990, "amount_received": 4990, "currency": "usd", "receipt_email": null,
            "metadata": { "productId": self.product.to_string(), "quantity": "1" },
        });
        lay_over(&mut intent, patch);
        intent
    }

    /// The keys so far, newest first.
    pub async fn keys(&self) -> Vec<LicenseView> {
        keys_of(&self.t, &self.t.system()).await
    }

    /// The outbox, newest first.
    pub async fn mails(&self) -> Vec<MailView> {
        let query = MailQuery {
            livemode: Some(false),
            state: None,
            recipient: String::new(),
            order: LogOrder::Newest,
            after: None,
            limit: 200,
        };
        engine::mails::list::execute(&self.t.engine, &self.t.system(), &query)
            .await
            .expect("the outbox is listed")
            .items
    }

    /// The event log, newest first, with what was refused so far.
    pub async fn log(&self) -> Vec<EventLine> {
        engine::stripe::deliveries::flush(&self.t.engine)
            .await
            .expect("what was put aside is written");
        let filter = EventFilter {
            limit: 200,
            ..EventFilter::default()
        };
        events::list(&self.t.engine, &self.t.system(), (filter, 0))
            .await
            .expect("the log is listed")
    }

    /// The only line of the log with this Stripe id.
    pub async fn line(&self, stripe_event_id: &str) -> EventLine {
        let mut lines = self.log().await;
        lines.retain(|line| line.stripe_event_id == stripe_event_id);
        assert_eq!(lines.len(), 1, "lines of {stripe_event_id}");
        lines.remove(0)
    }

    /// The system on behalf of a second tenant.
    pub async fn stranger(&self, name: &str) -> Actor {
        let tenant = engine::tenants::create::execute(&self.t.engine, name).await;
        Actor::system(tenant.expect("the tenant is created"))
    }

    /// Changes the app as its form would.
    pub async fn change_app(&self, patch: Value) {
        let form = serde_json::from_value(patch).expect("a form");
        apps::save::update(&self.t.engine, &self.t.system(), self.app, &form)
            .await
            .expect("the app is saved");
    }

    /// Changes the product as its form would.
    pub async fn change_product(&self, patch: Value) {
        let form = serde_json::from_value(patch).expect("a form");
        products::update::execute(&self.t.engine, &self.t.system(), self.product, &form)
            .await
            .expect("the product is saved");
    }
}

/// An event of Stripe's around an object, in test mode.
pub fn event(id: &str, event_type: &str, object: &Value) -> String {
    event_with(id, event_type, object, json!({}))
}

/// The same with `patch` laid over the envelope.
pub fn event_with(id: &str, event_type: &str, object: &Value, patch: Value) -> String {
    let mut event = json!({
        "id": id, "object": "event", "type": event_type, "api_version": "2024-04-10",
        "created": 1_795_435_200, "livemode": false, "data": { "object": object },
    });
    lay_over(&mut event, patch);
    event.to_string()
}

/// Adds a product of a year to the actor's tenant.
pub async fn add_product(t: &TestEngine, actor: &Actor, patch: Value) -> ProductId {
    let mut form = json!({ "name": "Atlas", "price": "49.90", "currency": "USD",
        "defaultLicenseDays": 365, "emailSubject": "Your {{ProductName}} keys",
        "emailTemplate": "Keys for {{CustomerEmail}}:\n{{ActivationKey}}\n" });
    lay_over(&mut form, patch);
    let form = serde_json::from_value(form).expect("a form");
    let product = products::create::execute(&t.engine, actor, &form).await;
    product.expect("the product is created").id
}

/// Adds a Stripe app in test mode; answers its id and the last part of its webhook URL.
pub async fn add_app(t: &TestEngine, actor: &Actor, patch: Value) -> (StripeAppId, String) {
    let mut form =
        json!({ "name": "Shop", "secretKey": SECRET_KEY, "webhookSigningSecret": SECRET });
    lay_over(&mut form, patch);
    let form: StripeAppForm = serde_json::from_value(form).expect("a form");
    let id = apps::save::create(&t.engine, actor, &form)
        .await
        .expect("the app is created");
    let app = apps::list::find(&t.engine, actor, id).await;
    let url = app.expect("the app is found").webhook_url;
    let public_id = url.rsplit('/').next().expect("the URL has parts");
    (id, public_id.to_owned())
}

/// The keys of a tenant in test mode, newest first.
pub async fn keys_of(t: &TestEngine, actor: &Actor) -> Vec<LicenseView> {
    let query = LicenseQuery {
        livemode: Some(false),
        product_id: None,
        state: None,
        search: Search::All,
        order: None,
        after: None,
        limit: 200,
    };
    let (keys, _) = newest(&t.engine, actor, &query)
        .await
        .expect("the keys are listed");
    keys
}

fn lay_over(value: &mut Value, patch: Value) {
    match patch {
        Value::Object(fields) if value.is_object() => {
            for (name, patch) in fields {
                lay_over(&mut value[name.as_str()], patch);
            }
        }
        other => *value = other,
    }
}
