//! Stripe's API by async-stripe. Only calls go this way; events are read by our own rules,
//! because an endpoint may send an older version than the library knows.

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use engine::ports::{CheckoutRequest, CheckoutSession, Stripe, StripeProblem};
use secrecy::{ExposeSecret, SecretString};
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ProductData,
};
use stripe_client_core::{RequestBuilder, StripeMethod};
use stripe_shared::CheckoutSessionMode;
use stripe_types::Currency;

/// How long one call may take; async-stripe has no limit of its own.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Stripe, or a double of it at another base URL.
#[derive(Debug, Clone)]
pub struct StripeApi {
    base: Option<String>,
}

impl StripeApi {
    /// `base` replaces `https://api.stripe.com/`, for a sandbox at home.
    pub fn new(base: Option<&str>) -> Self {
        let base = base.map(|url| format!("{}/", url.trim_end_matches('/')));
        Self { base }
    }

    fn client(&self, key: &SecretString) -> Result<Client, StripeProblem> {
        let mut builder = ClientBuilder::new(key.expose_secret()).timeout(TIMEOUT);
        if let Some(base) = &self.base {
            builder = builder.url(base);
        }
        builder.build().map_err(|_| StripeProblem::WrongKey)
    }

    async fn get(&self, key: &SecretString, path: String) -> Result<String, StripeProblem> {
        let answer = RequestBuilder::new(StripeMethod::Get, path)
            .customize::<miniserde::json::Value>()
            .send(&self.client(key)?)
            .await
            .map_err(problem)?;
        Ok(miniserde::json::to_string(&answer))
    }
}

#[async_trait]
impl Stripe for StripeApi {
    async fn create_checkout_session(
        &self,
        key: &SecretString,
        request: &CheckoutRequest,
    ) -> Result<CheckoutSession, StripeProblem> {
        let client = self.client(key)?;
        let idempotency = IdempotencyKey::new(format!("checkout-{}", request.order_id))
            .map_err(|_| StripeProblem::Unreachable)?;
        let session = build(request)?
            .customize()
            .request_strategy(RequestStrategy::Idempotent(idempotency))
            .send(&client)
            .await
            .map_err(problem)?;
        let (Some(url), Some(amount_minor), Some(currency)) =
            (session.url, session.amount_total, session.currency)
        else {
            return Err(StripeProblem::Refused(
                "its answer has no page to pay on".into(),
            ));
        };
        Ok(CheckoutSession {
            id: session.id.as_str().to_owned(),
            url,
            amount_minor,
            currency: currency.to_string().to_ascii_uppercase(),
        })
    }

    async fn retrieve_event(&self, key: &SecretString, id: &str) -> Result<String, StripeProblem> {
        self.get(key, format!("/events/{id}")).await
    }

    async fn check_key(&self, key: &SecretString) -> Result<(), StripeProblem> {
        self.get(key, "/events?limit=1".into()).await.map(drop)
    }
}

/// The same metadata on session and payment intent: only so do both events name the product.
/// `adjustable_quantity` stays unset: what we quoted is what is bought.
fn build(request: &CheckoutRequest) -> Result<CreateCheckoutSession, StripeProblem> {
    let currency = Currency::from_str(&request.currency)
        .map_err(|_| StripeProblem::Refused("it does not know this currency".into()))?;
    let mut price = CreateCheckoutSessionLineItemsPriceData::new(currency);
    price.product_data = Some(ProductData::new(request.product_name.clone()));
    price.unit_amount = Some(request.unit_minor);
    let mut item = CreateCheckoutSessionLineItems::new();
    item.price_data = Some(price);
    item.quantity = Some(u64::from(request.quantity));
    let metadata: HashMap<String, String> = request.metadata.iter().cloned().collect();
    let mut intent = CreateCheckoutSessionPaymentIntentData::new();
    intent.metadata = Some(metadata.clone());
    let mut session = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items(vec![item])
        .metadata(metadata)
        .client_reference_id(request.order_id.to_string())
        .success_url(request.success_url.clone())
        .cancel_url(request.cancel_url.clone());
    // A payment intent is made only where something is charged.
    if request.unit_minor > 0 {
        session = session.payment_intent_data(intent);
    }
    if let Some(email) = &request.customer_email {
        session = session.customer_email(email.clone());
    }
    Ok(session)
}

fn problem(error: StripeError) -> StripeProblem {
    match error {
        StripeError::Stripe(said, status) => {
            let message = said
                .message
                .clone()
                .unwrap_or_else(|| "no reason given".into());
            match status {
                401 => StripeProblem::WrongKey,
                403 => StripeProblem::MissingRight(message),
                404 => StripeProblem::NotFound,
                400..=499 => StripeProblem::Refused(message),
                _ => StripeProblem::Unreachable,
            }
        }
        StripeError::ConfigError(_) => StripeProblem::WrongKey,
        _ => StripeProblem::Unreachable,
    }
}
