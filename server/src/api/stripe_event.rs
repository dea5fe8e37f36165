//! `/api/stripe/events`: the log of what Stripe sent, one event whole, and replay.

use axum::Json;
use axum::routing::{get, post};
use domain::ids::OrderId;
use domain::purchase::is_stripe_id;
use domain::timestamp::Timestamp;
use engine::stripe::events::{self, EventDetail, VerificationAttempt};
use engine::stripe::replay;
use serde::{Deserialize, Serialize};
use store::event_log::{EventFilter, EventLine};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::caller::Caller;
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::{self, Id, Parameters, livemode, page, page_size};
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/stripe/events", get(list));
    let router = both(router, "/api/stripe/events/{id}", get(find));
    both(router, "/api/stripe/events/{id}/replay", post(replay))
}

/// Which events are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct EventParameters {
    /// `received`, `verified` or `failed`.
    #[param(value_type = Option<words::EventStatus>)]
    status: Option<String>,
    /// Stripe's type, for example `checkout.session.completed`.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// What came by one app.
    #[param(value_type = Option<Uuid>)]
    app_id: Option<String>,
    /// Stripe's whole id of an event, a session or a payment: the event, or what was told of that purchase.
    stripe_id: Option<String>,
    /// true, false, or both where it is absent.
    #[param(value_type = Option<bool>)]
    livemode: Option<String>,
    /// From 1.
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<String>,
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    page_size: Option<String>,
}

/// One line of the log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "Stripe's own id of the event is no id of ours"
)]
pub struct StripeEvent {
    /// Id of the event, or of a refused delivery.
    id: Uuid,
    /// Stripe's `evt_…`; only claimed where `status` is `failed` or `received`.
    stripe_event_id: String,
    /// Stripe's type; only claimed likewise.
    #[serde(rename = "type")]
    event_type: String,
    /// `received`, `verified` or `failed`.
    #[schema(value_type = words::EventStatus)]
    status: String,
    /// `pending`, `waiting`, `fulfilled`, `ignored`, `review`, `retrying` or `failed`.
    #[schema(value_type = words::Processing)]
    processing: String,
    /// The first error.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The app's name, where one is known.
    app: Option<String>,
    livemode: bool,
    /// How often it came.
    receipts: i64,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    received_at: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    processed_at: Option<String>,
    /// What came of it, one sentence.
    outcome: String,
}

impl From<EventLine> for StripeEvent {
    fn from(line: EventLine) -> Self {
        Self {
            id: line.id,
            stripe_event_id: line.stripe_event_id,
            event_type: line.event_type,
            status: line.status,
            processing: line.processing,
            error: line.error,
            app: line.app,
            livemode: line.livemode,
            receipts: line.receipts,
            received_at: Timestamp::from_millis(line.received_at).to_rfc3339(),
            processed_at: line
                .processed_at
                .map(|at| Timestamp::from_millis(at).to_rfc3339()),
            outcome: line.outcome,
        }
    }
}

/// The log, newest first.
#[utoipa::path(get, path = "/api/stripe/events", tag = "Stripe", params(EventParameters),
    responses((status = 200, body = [StripeEvent])))]
pub(super) async fn list(
    caller: Caller,
    Parameters(wanted): Parameters<EventParameters>,
) -> ApiResult<Json<Vec<StripeEvent>>> {
    let status = wanted.status.unwrap_or_default();
    if !matches!(status.as_str(), "" | "received" | "verified" | "failed") {
        return Err(ApiError::invalid(
            "status",
            "Use received, verified or failed.",
        ));
    }
    let page = page(wanted.page.as_ref())?.unwrap_or(1);
    let filter = EventFilter {
        status,
        event_type: wanted.event_type.unwrap_or_default(),
        app_id: input::optional(
            ("appId", wanted.app_id.as_ref()),
            "Write the id of one of your Stripe apps.",
        )?,
        stripe_id: stripe_id(wanted.stripe_id)?,
        livemode: livemode(wanted.livemode.as_ref())?,
        limit: page_size(wanted.page_size.as_ref())?,
        ..EventFilter::default()
    };
    let (engine, actor) = caller.parts();
    let lines = events::list(engine, actor, (filter, page - 1)).await?;
    Ok(Json(lines.into_iter().map(StripeEvent::from).collect()))
}

fn stripe_id(text: Option<String>) -> ApiResult<String> {
    let id = text.unwrap_or_default().trim().to_owned();
    if !id.is_empty() && !is_stripe_id(&id) {
        let advice = "Write a whole id of Stripe’s: evt_…, cs_… or pi_….";
        return Err(ApiError::invalid("stripeId", advice));
    }
    Ok(id)
}

/// One event, whole.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WholeStripeEvent {
    id: Uuid,
    stripe_event_id: String,
    #[serde(rename = "type")]
    event_type: String,
    #[schema(value_type = words::EventStatus)]
    status: String,
    #[schema(value_type = words::Processing)]
    processing: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    app: Option<String>,
    outcome: String,
    /// `signature` or `stripe`; blank where nobody vouches.
    source: String,
    /// Stripe's API version of the payload, or blank.
    api_version: String,
    receipts: i64,
    received_at: String,
    processed_at: Option<String>,
    /// As it came, but for each `client_secret`; absent above 64 KiB.
    payload: Option<String>,
    /// App by app, why the signature matched or did not.
    attempts: Vec<Verification>,
    order_id: Option<Uuid>,
    /// Last four characters of the keys that it issued.
    issued: Vec<String>,
}

/// How one app's secrets fared against the signature.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    app: String,
    is_live: bool,
    matched: bool,
    finding: String,
}

impl From<EventDetail> for WholeStripeEvent {
    fn from(detail: EventDetail) -> Self {
        let verification = |attempt: VerificationAttempt| Verification {
            app: attempt.app,
            is_live: attempt.is_live,
            matched: attempt.matched,
            finding: attempt.finding.to_string(),
        };
        Self {
            id: detail.id,
            stripe_event_id: detail.stripe_event_id,
            event_type: detail.event_type,
            status: detail.status,
            processing: detail.processing,
            error: detail.error,
            app: detail.app.map(|(_, name)| name),
            outcome: detail.outcome,
            source: detail.source,
            api_version: detail.api_version,
            receipts: detail.receipts,
            received_at: detail.received_at.to_rfc3339(),
            processed_at: detail.processed_at.map(Timestamp::to_rfc3339),
            payload: detail.payload,
            attempts: detail.attempts.into_iter().map(verification).collect(),
            order_id: detail.order_id.map(OrderId::get),
            issued: detail.issued.into_iter().map(|(_, end)| end).collect(),
        }
    }
}

/// One event or refused delivery with everything that is known of it.
#[utoipa::path(get, path = "/api/stripe/events/{id}", tag = "Stripe", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholeStripeEvent)))]
pub(super) async fn find(caller: Caller, Id(id): Id<Uuid>) -> ApiResult<Json<WholeStripeEvent>> {
    let (engine, actor) = caller.parts();
    let detail = events::detail(engine, actor, id).await?;
    Ok(Json(detail.into()))
}

/// What came of a replay.
#[derive(Serialize, ToSchema)]
pub struct Replayed {
    /// One sentence.
    outcome: String,
}

/// Processes an event again. A refused delivery is verified again with today's secrets, or fetched
/// from Stripe; 409 where nobody vouches for it still. Twice does no more than once.
#[utoipa::path(post, path = "/api/stripe/events/{id}/replay", tag = "Stripe",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Replayed), (status = 409, description = "`still_not_verified`."),
        (status = 502, description = "`upstream`: Stripe could not be asked.")))]
pub(super) async fn replay(caller: Caller, Id(id): Id<Uuid>) -> ApiResult<Json<Replayed>> {
    let (engine, actor) = caller.parts();
    let outcome = replay::execute(engine, actor, id).await?;
    Ok(Json(Replayed { outcome }))
}
