//! One line a request: method, the route's template, status, time. Never the URI: keys stand in paths.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::outbound::clock::Stopwatch;

/// What stands in logs and metrics where no route matched.
const NO_ROUTE: &str = "(no route)";

/// Logs a request after its answer is known, and counts it.
pub async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| NO_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned);
    let watch = Stopwatch::start();
    let span = tracing::info_span!("request", request.id = id, http.route = route);
    let response = next.run(request).instrument(span).await;
    let took: Duration = watch.elapsed();
    let status = response.status().as_u16();
    metrics::counter!("http_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route.clone())
        .record(took.as_secs_f64());
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(
        http.method = %method,
        http.route = route,
        http.status = status,
        http.micros = micros,
        request.id = id,
        "answered"
    );
    response
}
