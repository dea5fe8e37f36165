//! No request takes longer than its time; to programs the answer says so as all refusals are said.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::api::error::ApiError;

/// Gives a request up that is not answered within the time.
pub async fn keep(State(longest): State<Duration>, request: Request, next: Next) -> Response {
    let is_of_program = request.uri().path().starts_with("/api");
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) if is_of_program => ApiError::took_too_long().into_response(),
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use serde_json::Value;
    use tower::ServiceExt as _;

    async fn ask(path: &str) -> (u16, Vec<u8>) {
        let router = Router::new()
            .route("/api/slow", get(std::future::pending::<()>))
            .route("/slow", get(std::future::pending::<()>))
            .route("/api/quick", get(|| async { "done" }))
            .layer(from_fn_with_state(Duration::ZERO, keep));
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = router.oneshot(request).await.expect("is answered");
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000).await.expect("reads");
        (status, body.to_vec())
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up_and_programs_are_told_in_json() {
        let (status, body) = ask("/api/slow").await;
        let answer: Value = serde_json::from_slice(&body).expect("is JSON");
        assert_eq!((status, &answer["error"]), (504, &"took_too_long".into()));
        assert!(answer["message"].is_string(), "{answer}");
        assert_eq!(ask("/slow").await, (504, Vec::new()));
        assert_eq!(ask("/api/quick").await, (200, b"done".to_vec()));
    }
}
