//! Every route in one list, grouped by who calls it.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tower::Layer as _;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};

use crate::api::error::ApiError;
use crate::middleware::{access_log, client_address, deadline};
use crate::state::ServerState;
use crate::{api, export, live, monitor, pages, webhooks};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of a request id that somebody else gave.
const LONGEST_ID: usize = 64;
/// No request may take longer.
const LONGEST: Duration = Duration::from_mins(1);

/// The whole service.
pub fn build(state: ServerState) -> Router {
    let proxies = state.trusted_proxies.clone();
    let whole = routes(state).layer(axum::middleware::from_fn(access_log::log));
    // Each request clones what a router has as layers, each with all below it. This stands around all routes at once.
    let around = (
        MapRequestLayer::new(forget_odd_id),
        SetRequestIdLayer::new(X_REQUEST_ID, RequestIds),
        PropagateRequestIdLayer::new(X_REQUEST_ID),
        CatchPanicLayer::custom(panicked),
        axum::middleware::from_fn_with_state(LONGEST, deadline::keep),
        MapRequestLayer::new(move |request| client_address::find(&proxies, request)),
    );
    Router::new().fallback_service(around.layer(whole))
}

fn routes(state: ServerState) -> Router {
    Router::new()
        // Stripe
        .merge(monitor::count_deliveries(webhooks::stripe::routes()))
        // Programs
        .merge(api::routes(&state))
        .method_not_allowed_fallback(api::wrong_method)
        // Machines that watch
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        // Browsers
        .merge(live::routes())
        .merge(pages::routes(&state))
        .merge(export::routes())
        .merge(state.site.router())
        .fallback(nowhere)
        .with_state(state)
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok"
}

/// The process and its database answer.
async fn readyz(State(state): State<ServerState>) -> Response {
    match engine::health::check(&state.engine).await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            tracing::error!(?error, "not ready");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer",
            )
                .into_response()
        }
    }
}

/// The numbers for whoever watches; without the setting, an address like any other that is not there.
async fn metrics(state: State<ServerState>, request: Request<Body>) -> Response {
    let headers = request.headers().clone();
    match monitor::page(&state, &headers).await {
        Some(page) => page,
        None => nowhere(state, request).await,
    }
}

/// An address that no route has: JSON under /api, a page elsewhere.
async fn nowhere(state: State<ServerState>, request: Request<Body>) -> Response {
    if !request.uri().path().starts_with("/api") {
        return pages::not_found(state, request).await;
    }
    ApiError::no_such_address().into_response()
}

/// A proxy may name the request. What else comes in that header would stand in each line of the log.
fn forget_odd_id(mut request: Request<Body>) -> Request<Body> {
    let is_id = |id: &HeaderValue| {
        let id = id.as_bytes();
        (1..=LONGEST_ID).contains(&id.len())
            && id
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    };
    if !request.headers().get(X_REQUEST_ID).is_some_and(is_id) {
        request.headers_mut().remove(X_REQUEST_ID);
    }
    request
}

#[derive(Clone)]
struct RequestIds;

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        use engine::ports::Entropy as _;
        let mut bytes = [0_u8; 12];
        crate::outbound::entropy::SystemEntropy.fill(&mut bytes);
        hex::encode(bytes).parse().ok().map(RequestId::new)
    }
}

/// The answer to a fault that nobody foresaw. Its words went to the log with the panic.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let body = Json(json!({
        "error": "fault",
        "message": "Something failed that should not. The request id says which request it was.",
    }));
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        [(header::CACHE_CONTROL, "no-store")],
        body,
    )
        .into_response()
}
