//! Stripe's errors, in its envelope and its words.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// A refusal as Stripe would say it.
#[derive(Debug, Clone)]
pub(crate) struct StripeError {
    pub status: StatusCode,
    body: Value,
}

pub(crate) type Answer = Result<Value, StripeError>;

impl StripeError {
    fn new(status: StatusCode, kind: &str, message: &str) -> Self {
        Self {
            status,
            body: json!({ "message": message, "type": kind }),
        }
    }

    /// 400 `invalid_request_error`.
    pub fn invalid(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message)
    }

    /// 401, also for keys that are none.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_request_error", message)
    }

    /// 403 of a restricted key.
    pub fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "invalid_request_error", message)
    }

    /// 402 `card_error`.
    pub fn card_declined() -> Self {
        Self::new(
            StatusCode::PAYMENT_REQUIRED,
            "card_error",
            "Your card was declined.",
        )
        .code("card_declined")
        .with("decline_code", "generic_decline")
    }

    pub fn idempotency(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "idempotency_error", message)
    }

    pub fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "api_error",
            "An unknown error occurred",
        )
    }

    pub fn unknown_url(method: &str, path: &str) -> Self {
        let message = format!(
            "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
        );
        let mut error = Self::invalid(&message);
        error.status = StatusCode::NOT_FOUND;
        error
    }

    /// 404 `resource_missing`.
    pub fn missing(kind: &str, id: &str, param: &str) -> Self {
        let mut error = Self::invalid(&format!("No such {kind}: '{id}'"))
            .code("resource_missing")
            .param(param);
        error.status = StatusCode::NOT_FOUND;
        error
    }

    pub fn unknown_parameter(param: &str) -> Self {
        Self::invalid(&format!("Received unknown parameter: {param}"))
            .code("parameter_unknown")
            .param(param)
    }

    pub fn missing_parameter(param: &str) -> Self {
        Self::invalid(&format!("Missing required param: {param}."))
            .code("parameter_missing")
            .param(param)
    }

    pub fn code(self, code: &str) -> Self {
        let url = format!(
            "https://stripe.com/docs/error-codes/{}",
            code.replace('_', "-")
        );
        self.with("code", code).with("doc_url", &url)
    }

    pub fn param(self, param: &str) -> Self {
        self.with("param", param)
    }

    fn with(mut self, field: &str, value: &str) -> Self {
        self.body[field] = json!(value);
        self
    }

    /// The body's envelope; `request_id` goes into the link that Stripe gives along.
    pub fn envelope(&self, request_id: &str) -> Value {
        let mut body = self.body.clone();
        body["request_log_url"] = json!(format!(
            "https://dashboard.stripe.com/test/logs/{request_id}"
        ));
        json!({ "error": body })
    }

    /// True for refusals that an idempotency key remembers.
    pub fn is_remembered(&self) -> bool {
        self.status == StatusCode::PAYMENT_REQUIRED
    }
}
