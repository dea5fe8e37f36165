//! `/api/stripe/review`: payments that a person must look at.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use domain::ids::{OrderId, ProductId};
use domain::money::{Currency, Money};
use domain::timestamp::Timestamp;
use engine::orders::review;
use serde::{Deserialize, Serialize};
use store::orders::Order;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::input::{Id, Parameters, livemode};
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/stripe/review", get(list));
    let router = both(router, "/api/stripe/review/{order}/issue", post(issue));
    both(router, "/api/stripe/review/{order}/dismiss", post(dismiss))
}

/// Which side is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewParameters {
    /// true, false, or both where it is absent.
    #[param(value_type = Option<bool>)]
    livemode: Option<String>,
}

/// A payment in review.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderInReview {
    order_id: Uuid,
    livemode: bool,
    /// Why a person must look at it, and what may be done.
    reason: String,
    /// The product as the payment names it.
    named_product: String,
    /// The buyer's address, or blank while unknown.
    email: String,
    /// What was paid, a decimal in major units.
    amount: Option<f64>,
    /// ISO code, or blank while unknown.
    currency: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    paid_at: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<Order> for OrderInReview {
    fn from(order: Order) -> Self {
        Self {
            order_id: order.id.get(),
            livemode: order.livemode,
            amount: amount(&order),
            reason: order.review_reason.unwrap_or_default(),
            named_product: order.named_product,
            email: order.email,
            currency: order.currency,
            paid_at: order
                .paid_at
                .map(|at| Timestamp::from_millis(at).to_rfc3339()),
            created_at: Timestamp::from_millis(order.created_at).to_rfc3339(),
        }
    }
}

/// The amount in major units; none while amount or currency are unknown.
fn amount(order: &Order) -> Option<f64> {
    let currency: Currency = order.currency.parse().ok()?;
    let paid = Money::new(order.amount_minor?, currency);
    paid.major().parse().ok()
}

/// Payments that wait for a decision, newest first, at most 200 of each side.
#[utoipa::path(get, path = "/api/stripe/review", tag = "Stripe", params(ReviewParameters),
    responses((status = 200, body = [OrderInReview])))]
pub(super) async fn list(
    caller: Caller,
    Parameters(wanted): Parameters<ReviewParameters>,
) -> ApiResult<Json<Vec<OrderInReview>>> {
    let (engine, actor) = caller.parts();
    let sides = match livemode(wanted.livemode.as_ref())? {
        Some(true) => &[true][..],
        Some(false) => &[false],
        None => &[true, false],
    };
    let mut orders = Vec::new();
    for side in sides {
        orders.extend(review::list(engine, actor, *side).await?);
    }
    orders.sort_by_key(|order| std::cmp::Reverse((order.created_at, order.id)));
    Ok(Json(orders.into_iter().map(OrderInReview::from).collect()))
}

/// The keys that were meant.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IssueBody {
    /// Of which product.
    #[schema(minimum = 1)]
    product_id: i32,
    /// 1..=100.
    #[schema(minimum = 1, maximum = 100)]
    quantity: u16,
}

/// Keys that were issued.
#[derive(Serialize, ToSchema)]
pub struct Issued {
    /// How many keys the order has now.
    issued: usize,
}

/// Issues N keys of a product for a payment in review. 409 once somebody has decided.
#[utoipa::path(post, path = "/api/stripe/review/{order}/issue", tag = "Stripe",
    params(("order" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = IssueBody,
    responses((status = 201, body = Issued), (status = 409, description = "`not_in_review`.")))]
pub(super) async fn issue(
    caller: Caller,
    Id(order): Id<OrderId>,
    call: Creating<IssueBody>,
) -> ApiResult<Made> {
    call.once(caller, async move |caller, body| {
        let (engine, actor) = caller.parts();
        let wish = (ProductId::from(body.product_id), body.quantity);
        let issued = review::issue(engine, actor, order, wish).await?;
        Made::created(&Issued { issued })
    })
    .await
}

/// Decides that a payment in review needs no keys. 409 once somebody has decided.
#[utoipa::path(post, path = "/api/stripe/review/{order}/dismiss", tag = "Stripe",
    params(("order" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "`not_in_review`.")))]
pub(super) async fn dismiss(caller: Caller, Id(order): Id<OrderId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    review::dismiss(engine, actor, order).await?;
    Ok(StatusCode::NO_CONTENT)
}
