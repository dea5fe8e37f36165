//! `/api/stripe/orders/{id}`: one purchase whole, and giving it the address that Stripe did not tell.

use axum::Json;
use axum::routing::get;
use domain::ids::OrderId;
use domain::money::Money;
use domain::timestamp::Timestamp;
use engine::orders::find::{self, EventView, OrderDetail, OrderView, PaymentView};
use engine::orders::give_address;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::dashboard::Change;
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::license::License;
use crate::api::mail::Mail;
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let methods = get(find).put(give_address);
    both(Routes::default(), "/api/stripe/orders/{id}", methods)
}

/// A purchase.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    id: Uuid,
    livemode: bool,
    /// `open`, `waiting`, `issued`, `failed`, `review` or `dismissed`.
    #[schema(value_type = words::OrderState)]
    state: String,
    /// The product as the payment names it, or blank.
    named_product: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<i32>,
    /// Its name today.
    #[serde(skip_serializing_if = "Option::is_none")]
    product_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_id: Option<i32>,
    /// The Stripe app that it came by.
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<Uuid>,
    /// Absent while nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<i32>,
    /// The buyer's address, or blank while unknown.
    email: String,
    /// What Stripe says was paid, a decimal in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    /// ISO code.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'static str>,
    /// What was asked for, where the checkout session was made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_amount: Option<f64>,
    /// ISO code.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_currency: Option<&'static str>,
    /// Why a person must look, or had to look, at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    review_reason: Option<String>,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    paid_at: Option<String>,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    issued_at: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
}

/// An amount in major units.
fn major(money: Money) -> Option<f64> {
    money.major().parse().ok()
}

/// The ISO code of an amount.
fn code(money: Money) -> &'static str {
    money.currency.code()
}

impl From<OrderView> for Order {
    fn from(view: OrderView) -> Self {
        let (product_id, product_name) = view
            .product
            .map_or((None, None), |(id, name)| (Some(id.get()), Some(name)));
        Self {
            id: view.id.get(),
            livemode: view.livemode,
            state: view.state.to_string(),
            named_product: view.named_product,
            product_id,
            product_name,
            plan_id: view.plan.map(|(id, _)| id.get()),
            app_id: view.app.map(|(id, _)| id.get()),
            quantity: view.quantity,
            email: view.email,
            amount: view.amount.and_then(major),
            currency: view.amount.map(code),
            quote_amount: view.quote.and_then(major),
            quote_currency: view.quote.map(code),
            review_reason: view.review_reason,
            paid_at: view.paid_at.map(Timestamp::to_rfc3339),
            issued_at: view.issued_at.map(Timestamp::to_rfc3339),
            created_at: view.created_at.to_rfc3339(),
        }
    }
}

/// Money that came.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// Stripe's id of the payment intent, session or invoice.
    stripe_id: String,
    /// A decimal in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<f64>,
    /// ISO code.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'static str>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    paid_at: String,
}

impl From<PaymentView> for Payment {
    fn from(view: PaymentView) -> Self {
        Self {
            stripe_id: view.stripe_id,
            amount: view.amount.and_then(major),
            currency: view.amount.map(code),
            paid_at: view.paid_at.to_rfc3339(),
        }
    }
}

/// An event that told of a purchase; `/api/stripe/events/{id}` has it whole.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderEvent {
    id: Uuid,
    /// Stripe's type.
    #[serde(rename = "type")]
    event_type: String,
    /// `pending`, `waiting`, `fulfilled`, `ignored`, `review`, `retrying` or `failed`.
    #[schema(value_type = words::Processing)]
    processing: String,
    /// What came of it, one sentence.
    outcome: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    received_at: String,
}

impl From<EventView> for OrderEvent {
    fn from(view: EventView) -> Self {
        Self {
            id: view.id.get(),
            event_type: view.event_type,
            processing: view.processing,
            outcome: view.outcome,
            received_at: view.received_at.to_rfc3339(),
        }
    }
}

/// One of Stripe's objects that a purchase is known by.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// `payment_intent` or `session`.
    #[schema(value_type = words::FactKind)]
    kind: String,
    stripe_id: String,
}

/// A purchase with everything that is known of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WholeOrder {
    #[serde(flatten)]
    order: Order,
    facts: Vec<Fact>,
    /// Oldest first.
    payments: Vec<Payment>,
    licenses: Vec<License>,
    /// Oldest first.
    mails: Vec<Mail>,
    /// The first come first.
    events: Vec<OrderEvent>,
    /// Newest first.
    history: Vec<Change>,
}

impl From<OrderDetail> for WholeOrder {
    fn from(detail: OrderDetail) -> Self {
        let fact = |(kind, stripe_id)| Fact { kind, stripe_id };
        Self {
            order: detail.order.into(),
            facts: detail.facts.into_iter().map(fact).collect(),
            payments: detail.payments.into_iter().map(Payment::from).collect(),
            licenses: detail.licenses.into_iter().map(License::from).collect(),
            mails: detail.mails.into_iter().map(Mail::from).collect(),
            events: detail.events.into_iter().map(OrderEvent::from).collect(),
            history: detail.history.into_iter().map(Change::from).collect(),
        }
    }
}

/// One purchase with its payments, licences, mails, events and history.
#[utoipa::path(get, path = "/api/stripe/orders/{id}", tag = "Stripe", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholeOrder)))]
pub(super) async fn find(caller: Caller, Id(id): Id<OrderId>) -> ApiResult<Json<WholeOrder>> {
    let (engine, actor) = caller.parts();
    let detail = find::execute(engine, actor, id).await?;
    Ok(Json(detail.into()))
}

/// Who bought it.
#[derive(Deserialize, ToSchema)]
pub struct OrderAddress {
    /// Address.
    #[schema(format = "email")]
    email: String,
}

/// Gives a purchase without an address its buyer's: its keys are mailed there, where the product
/// mails keys. 409 once it has one, or where it gave no keys.
#[utoipa::path(put, path = "/api/stripe/orders/{id}", tag = "Stripe", params(("id" = Uuid, Path)),
    request_body = OrderAddress,
    responses((status = 200, body = WholeOrder),
        (status = 409, description = "`address_known`, `not_paid`.")))]
pub(super) async fn give_address(
    caller: Caller,
    Id(id): Id<OrderId>,
    JsonBody(to): JsonBody<OrderAddress>,
) -> ApiResult<Json<WholeOrder>> {
    let (engine, actor) = caller.parts();
    give_address::execute(engine, actor, id, &to.email).await?;
    let detail = find::execute(engine, actor, id).await?;
    Ok(Json(detail.into()))
}
