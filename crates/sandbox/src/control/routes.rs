//! The controls over HTTP: JSON under /_sandbox.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::requests::{EventRequest, NewEndpoint};
use crate::checkout::pay::{self, Buyer, Outcome, PayRefusal};
use crate::checkout::settle as settlement;
use crate::faults::Faults;
use crate::inner::Inner;

type Shared = State<Arc<Inner>>;

/// All controls, to be nested under /_sandbox.
pub(crate) fn router() -> Router<Arc<Inner>> {
    Router::new()
        .route("/health", get(health))
        .route("/accounts", post(accounts))
        .route("/endpoints", post(endpoints))
        .route("/endpoints/{id}/roll", post(roll))
        .route("/sessions/{id}/pay", post(pay_session))
        .route("/sessions/{id}/settle", post(settle))
        .route("/events", post(events))
        .route("/events/{id}/resend", post(resend))
        .route("/sign", post(sign))
        .route("/deliveries", get(deliveries))
        .route("/deliveries/{id}/send", post(send_delivery))
        .route("/retry", post(retry))
        .route("/idle", post(idle))
        .route("/retry-delays", get(retry_delays).put(set_retry_delays))
        .route("/faults", get(faults).put(set_faults))
        .route("/clock", get(clock).put(set_clock))
        .route("/requests", get(requests))
        .route("/mails", get(mails).delete(clear_mails))
        .route("/mails/{id}", get(mail))
        .route("/reset", post(reset))
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}

fn not_found() -> Response {
    refused(StatusCode::NOT_FOUND, "There is no such thing.")
}

async fn health(State(inner): Shared) -> Json<Value> {
    Json(json!({ "ok": true, "baseUrl": inner.tools.base_url, "smtp": inner.smtp.to_string() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Keys {
    keys: Vec<String>,
    #[serde(default)]
    api_version: Option<String>,
}

async fn accounts(State(inner): Shared, Json(body): Json<Keys>) -> Response {
    match inner.join_keys(&body.keys, body.api_version.as_deref()) {
        Ok(id) => Json(json!({ "id": id })).into_response(),
        Err(message) => refused(StatusCode::UNPROCESSABLE_ENTITY, &message),
    }
}

async fn endpoints(State(inner): Shared, Json(body): Json<NewEndpoint>) -> Response {
    Json(inner.register(&body)).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Roll {
    #[serde(default)]
    secret: Option<String>,
    #[serde(default = "one_day")]
    overlap_hours: i64,
}

fn one_day() -> i64 {
    24
}

async fn roll(State(inner): Shared, Path(id): Path<String>, Json(body): Json<Roll>) -> Response {
    match inner.roll(&id, body.secret, body.overlap_hours) {
        Some(endpoint) => Json(endpoint).into_response(),
        None => not_found(),
    }
}

#[derive(Deserialize)]
struct Payment {
    outcome: Outcome,
    #[serde(flatten)]
    buyer: Buyer,
}

async fn pay_session(
    State(inner): Shared,
    Path(id): Path<String>,
    Json(body): Json<Payment>,
) -> Response {
    let decision = (body.outcome, &body.buyer);
    let paid = pay::pay(&mut inner.lock(), &inner.tools, &id, decision);
    inner.touch();
    session_or_refusal(paid)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settlement {
    /// Without it, what the buyer chose.
    #[serde(default)]
    succeeds: Option<bool>,
}

async fn settle(
    State(inner): Shared,
    Path(id): Path<String>,
    Json(body): Json<Settlement>,
) -> Response {
    let settled = settlement::settle(&mut inner.lock(), &inner.tools, &id, body.succeeds);
    inner.touch();
    session_or_refusal(settled)
}

fn session_or_refusal(outcome: Result<Value, PayRefusal>) -> Response {
    match outcome {
        Ok(session) => Json(session).into_response(),
        Err(PayRefusal::Unknown) => not_found(),
        Err(refusal) => refused(StatusCode::CONFLICT, &refusal.to_string()),
    }
}

async fn events(State(inner): Shared, Json(body): Json<EventRequest>) -> Response {
    Json(inner.make(body)).into_response()
}

async fn resend(State(inner): Shared, Path(id): Path<String>) -> Response {
    match inner.resend(&id) {
        Some(count) => Json(json!({ "deliveries": count })).into_response(),
        None => not_found(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToSign {
    secret: String,
    body: String,
    #[serde(default)]
    timestamp: Option<i64>,
}

async fn sign(State(inner): Shared, Json(body): Json<ToSign>) -> Json<Value> {
    let header = inner.sign(&body.secret, &body.body, body.timestamp);
    Json(json!({ "header": header }))
}

#[derive(Deserialize)]
struct WhichDeliveries {
    event: Option<String>,
    endpoint: Option<String>,
}

async fn deliveries(State(inner): Shared, Query(which): Query<WhichDeliveries>) -> Response {
    let world = inner.lock();
    let fits = |wanted: &Option<String>, id: &str| wanted.as_deref().is_none_or(|w| w == id);
    let found: Vec<_> = world
        .deliveries
        .iter()
        .filter(|d| fits(&which.event, &d.event) && fits(&which.endpoint, &d.endpoint))
        .collect();
    Json(found).into_response()
}

async fn send_delivery(State(inner): Shared, Path(id): Path<String>) -> Response {
    if inner.send_delivery(&id) {
        Json(json!({ "sent": true })).into_response()
    } else {
        not_found()
    }
}

async fn retry(State(inner): Shared) -> Json<Value> {
    Json(json!({ "deliveries": inner.retry() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Patience {
    #[serde(default = "ten_seconds")]
    timeout_millis: u64,
}

fn ten_seconds() -> u64 {
    10_000
}

async fn idle(State(inner): Shared, Json(body): Json<Patience>) -> Json<Value> {
    let idle = inner.idle(Duration::from_millis(body.timeout_millis)).await;
    Json(json!({ "idle": idle }))
}

async fn retry_delays(State(inner): Shared) -> Json<Option<Vec<i64>>> {
    Json(inner.lock().retry_delays.clone())
}

async fn set_retry_delays(
    State(inner): Shared,
    Json(delays): Json<Option<Vec<i64>>>,
) -> Json<Option<Vec<i64>>> {
    inner.lock().retry_delays.clone_from(&delays);
    inner.touch();
    Json(delays)
}

async fn faults(State(inner): Shared) -> Json<Faults> {
    Json(inner.lock().faults.clone())
}

async fn set_faults(State(inner): Shared, Json(faults): Json<Faults>) -> Json<Faults> {
    inner.lock().faults = faults.clone();
    inner.touch();
    Json(faults)
}

async fn clock(State(inner): Shared) -> Json<Value> {
    Json(json!({ "now": inner.tools.clock.now() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewTime {
    /// UTC unix milliseconds.
    now: Option<i64>,
    advance_millis: Option<i64>,
}

async fn set_clock(State(inner): Shared, Json(body): Json<NewTime>) -> Json<Value> {
    if let Some(now) = body.now {
        inner.tools.clock.set(now);
    }
    inner
        .tools
        .clock
        .advance(body.advance_millis.unwrap_or_default());
    inner.touch();
    Json(json!({ "now": inner.tools.clock.now() }))
}

async fn requests(State(inner): Shared) -> Response {
    Json(&inner.lock().requests).into_response()
}

#[derive(Deserialize)]
struct WhichMails {
    to: Option<String>,
}

async fn mails(State(inner): Shared, Query(which): Query<WhichMails>) -> Response {
    let world = inner.lock();
    let found: Vec<_> = world
        .mails
        .iter()
        .filter(|mail| {
            which
                .to
                .as_ref()
                .is_none_or(|to| mail.recipients.contains(to))
        })
        .collect();
    Json(found).into_response()
}

async fn mail(State(inner): Shared, Path(id): Path<String>) -> Response {
    match inner.lock().mails.iter().find(|mail| mail.id == id) {
        Some(mail) => Json(mail).into_response(),
        None => not_found(),
    }
}

async fn clear_mails(State(inner): Shared) -> StatusCode {
    inner.lock().mails.clear();
    inner.touch();
    StatusCode::NO_CONTENT
}

async fn reset(State(inner): Shared) -> StatusCode {
    inner.reset();
    StatusCode::NO_CONTENT
}
