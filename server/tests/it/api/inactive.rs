//! What is not offered any more: an inactive product or plan has no sale, key, activation or trial, and
//! what was activated before goes on.

use serde_json::{Value, json};

use super::programs::{GENERATE, activate, new_key, validate, verdict, with_product};
use super::stage::Stage;

const CHECKOUT: &str = "/api/stripe/checkout/session";

/// A product with a plan, and two keys of that plan: one is activated, the other is not.
struct Shelf {
    stage: Stage,
    product: Value,
    plan: Value,
    used: String,
    fresh: String,
}

impl Shelf {
    async fn fill() -> Self {
        let stage = with_product(json!({ "price": 49.9, "currency": "EUR" })).await;
        stage.make_app().await;
        let year = json!({ "name": "Year", "durationDays": 365, "features": "routes" });
        let plan = stage.make("/api/plan", &year).await["id"].clone();
        let of_plan = json!({ "planId": plan });
        let (used, fresh) = (
            new_key(&stage, of_plan.clone()).await,
            new_key(&stage, of_plan).await,
        );
        assert_eq!(activate(&stage, &used, "AB").await.status, 200);
        Self {
            product: stage.read("/api/product/").await[0]["id"].clone(),
            stage,
            plan,
            used,
            fresh,
        }
    }

    async fn offer_product(&self, is_active: bool) {
        let path = format!("/api/product/{}", self.product);
        let change = json!({ "isActive": is_active });
        assert_eq!(self.stage.put(&path, &change).await.status, 200);
    }

    async fn offer_plan(&self, is_active: bool) {
        let change = json!({ "id": self.plan, "isActive": is_active });
        assert_eq!(self.stage.post("/api/plan", &change).await.status, 200);
    }

    /// Neither generated nor sold: refused beside this field, which it says how to mend.
    async fn refuses(&self, path: &str, wish: &Value, field: &str) {
        let refused = self.stage.post(path, wish).await;
        let (status, _, named) = refused.refusal();
        assert_eq!((status, named.as_str()), (422, field), "{path}: {wish}");
        assert!(refused.text.contains("active"), "{}", refused.text);
    }

    async fn trial(&self, device: &str) -> Value {
        let body = json!({ "hardwareId": device, "productName": "Atlas" });
        validate(&self.stage, &body).await
    }

    /// The fresh key is not activated; the other one stays so, with all that it unlocks.
    async fn only_what_was_activated_goes_on(&self) {
        let refused = activate(&self.stage, &self.fresh, "CD").await;
        let (status, code, _) = refused.refusal();
        assert_eq!((status, code.as_str()), (403, "suspended"));
        let says_why = refused.text.contains("New activations are switched off");
        assert!(says_why, "{}", refused.text);
        assert_eq!(activate(&self.stage, &self.used, "AB").await.status, 200);
        let body = json!({ "activationKey": self.used, "hardwareId": "AB" });
        let judged = validate(&self.stage, &body).await;
        assert_eq!(verdict(&judged), (true, "licensed".into(), "ok".into()));
        assert_eq!(judged["features"], json!(["maps", "export", "routes"]));
    }

    async fn keys(&self) -> usize {
        let all = self.stage.read("/api/license/").await;
        all.as_array().expect("a list").len()
    }
}

fn wish(more: &Value) -> Value {
    let mut wish = json!({ "email": "ann@example.com", "livemode": false });
    let fields = wish.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    wish
}

#[tokio::test]
async fn an_inactive_product_has_no_sale_key_activation_or_trial_and_what_was_activated_goes_on() {
    let shelf = Shelf::fill().await;
    assert_eq!(shelf.trial("EF").await["status"], "trial");
    shelf.offer_product(false).await;
    let by_id = wish(&json!({ "productId": shelf.product }));
    let by_name = wish(&json!({ "productName": "Atlas" }));
    shelf.refuses(GENERATE, &by_id, "productId").await;
    shelf.refuses(GENERATE, &by_name, "productName").await;
    shelf.refuses(CHECKOUT, &by_id, "productId").await;
    assert_eq!(shelf.keys().await, 2);
    shelf.only_what_was_activated_goes_on().await;
    for device in ["EF", "GH"] {
        let judged = shelf.trial(device).await;
        let none = (false, "invalid".into(), "not_found".into());
        assert_eq!(verdict(&judged), none, "{judged}");
    }
    let unseen = shelf.stage.read("/api/license/device-history/GH").await;
    assert_eq!(unseen["totalCount"], 0, "no first contact is noted");

    shelf.offer_product(true).await;
    assert_eq!(shelf.trial("GH").await["status"], "trial");
    let activated = activate(&shelf.stage, &shelf.fresh, "CD").await;
    assert_eq!(activated.status, 200);
    shelf.stage.stop().await;
}

#[tokio::test]
async fn an_inactive_plan_has_no_sale_key_or_activation_and_what_was_activated_goes_on() {
    let shelf = Shelf::fill().await;
    shelf.offer_plan(false).await;
    let with_plan = wish(&json!({ "productId": shelf.product, "planId": shelf.plan }));
    shelf.refuses(GENERATE, &with_plan, "planId").await;
    shelf.refuses(CHECKOUT, &with_plan, "planId").await;
    assert_eq!(shelf.keys().await, 2);
    shelf.only_what_was_activated_goes_on().await;
    // The product is offered as before.
    assert_eq!(shelf.trial("GH").await["status"], "trial");
    let without = wish(&json!({ "productId": shelf.product }));
    assert_eq!(shelf.stage.post(GENERATE, &without).await.status, 200);

    shelf.offer_plan(true).await;
    let activated = activate(&shelf.stage, &shelf.fresh, "CD").await;
    assert_eq!(activated.status, 200);
    shelf.stage.stop().await;
}
