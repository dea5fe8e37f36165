//! One line a request: method, the route's template, status, time. Never the URI: keys stand in paths.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::monitor::REQUEST_SECONDS;
use crate::outbound::clock::Stopwatch;

/// What stands in logs and metrics where no route matched.
const NO_ROUTE: &str = "(no route)";

/// A method as a label; callers may invent methods, and each label is kept for ever.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Logs a request after its answer is known, and counts it.
pub async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
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
    metrics::histogram!(
        REQUEST_SECONDS,
        "method" => word(&method),
        "route" => route.to_owned(),
        "status" => response.status().as_str().to_owned()
    )
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
