//! `/api/stripe/checkout/session`: a hosted page to pay on.

use axum::routing::post;
use domain::ids::{PlanId, ProductId, StripeAppId};
use engine::orders::checkout::{self, NewCheckout};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    both(
        Routes::default(),
        "/api/stripe/checkout/session",
        post(create),
    )
}

/// What is to be bought.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutBody {
    /// The product.
    #[schema(minimum = 1)]
    product_id: i32,
    /// 1..=100; absent is 1.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100)]
    quantity: u16,
    /// The Stripe app; absent is the default one of `livemode`.
    app_id: Option<Uuid>,
    /// Which side, where no app is named; absent, the live one comes first.
    livemode: Option<bool>,
    /// ISO code; absent is the product's.
    currency: Option<String>,
    /// Prefilled address of the buyer.
    customer_email: Option<String>,
    /// The plan that decides how long the licences last.
    #[schema(minimum = 1)]
    plan_id: Option<i32>,
    /// Where to after payment; absent is our own success page.
    success_url: Option<String>,
    /// Where to after giving up.
    cancel_url: Option<String>,
}

const fn one() -> u16 {
    1
}

/// A page to pay on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutSession {
    /// `cs_…`
    id: String,
    /// Where to send the buyer.
    url: String,
}

/// Makes a checkout session at Stripe. 502 with Stripe's words where Stripe does not make it.
#[utoipa::path(post, path = "/api/stripe/checkout/session", tag = "Stripe",
    request_body = CheckoutBody, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = CheckoutSession),
        (status = 502, description = "`upstream`: what Stripe said; nothing was kept.")))]
pub(super) async fn create(caller: Caller, call: Creating<CheckoutBody>) -> ApiResult<Made> {
    call.once(caller, async move |caller, body| {
        let (engine, actor) = caller.parts();
        let new = NewCheckout {
            product_id: ProductId::from(body.product_id),
            quantity: body.quantity,
            app_id: body.app_id.map(StripeAppId::from),
            livemode: body.livemode,
            currency: filled(body.currency),
            customer_email: filled(body.customer_email),
            plan_id: body.plan_id.map(PlanId::from),
            success_url: filled(body.success_url),
            cancel_url: filled(body.cancel_url),
        };
        let made = checkout::execute(engine, actor, &new).await?;
        Made::created(&CheckoutSession {
            id: made.session_id,
            url: made.url,
        })
    })
    .await
}

/// Blank counts as absent.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}
