//! Stripe's webhook: bytes and headers in, one of few short answers out.

use std::net::SocketAddr;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use engine::stripe::receive_event::{self, Answer, Incoming, Target};
use serde_json::json;

use crate::state::ServerState;

/// Stripe's events are far smaller; more is not read.
const LONGEST_BODY: usize = 1024 * 1024;

/// Both URLs: one app by its public id, and the shared one that tries every active app.
pub fn routes() -> Router<ServerState> {
    Router::new()
        .route("/api/stripe/webhook/{app}", post(named))
        .route("/api/stripe/webhook/{app}/", post(named))
        .route("/api/stripe/webhook", post(shared))
        .route("/api/stripe/webhook/", post(shared))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

async fn named(
    State(state): State<ServerState>,
    app: Result<Path<String>, PathRejection>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    // A path that is no text names no app either.
    let app = app.map(|Path(app)| app).unwrap_or_default();
    receive(&state, (Target::App(&app), address), &headers, body).await
}

async fn shared(
    State(state): State<ServerState>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    receive(&state, (Target::Shared, address), &headers, body).await
}

async fn receive(
    state: &ServerState,
    (target, address): (Target<'_>, SocketAddr),
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload_too_large",
                "An event may have 1 MiB at most.",
            );
        }
        Err(_) => {
            return refusal(
                StatusCode::BAD_REQUEST,
                "unreadable_body",
                "The body ended before its time.",
            );
        }
    };
    let incoming = Incoming {
        target,
        signature: headers
            .get("stripe-signature")
            .and_then(|value| value.to_str().ok()),
        body: &body,
        may_keep: &|| state.may_keep_refused(address.ip()),
    };
    match receive_event::execute(&state.engine, incoming).await {
        Ok(Answer::Accepted { outcome }) => {
            Json(json!({ "received": true, "outcome": outcome })).into_response()
        }
        Ok(Answer::Refused(cause)) => {
            refusal(StatusCode::BAD_REQUEST, "not_verified", &cause.to_string())
        }
        Ok(Answer::UnknownApp) => refusal(
            StatusCode::NOT_FOUND,
            "not_found",
            "This webhook URL names no Stripe app. Copy it again from Apps and Events.",
        ),
        Ok(Answer::Unreadable) => refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "secret_unreadable",
            "The app's signing secret could not be read just now.",
        ),
        Err(error) => {
            tracing::error!(?error, "a webhook delivery could not be stored");
            refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "fault",
                "The event could not be stored; send it again.",
            )
        }
    }
}

fn refusal(status: StatusCode, error: &'static str, message: &str) -> Response {
    (status, Json(json!({ "error": error, "message": message }))).into_response()
}
