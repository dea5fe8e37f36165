//! The one place that says which refusal is which HTTP status, and how it reads as JSON.
//!
//! Refusals tell the caller what to do; a fault tells nothing but that it was one: its chain goes to
//! the log, and the answer's `x-request-id` says which line.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::activation::RefusalCode;
use domain::field_error::{FieldError, FieldErrors};
use engine::Error;
use engine::error::{Refusal, Versions};
use serde::Serialize;
use utoipa::ToSchema;

use crate::middleware::rate_limit::UnknownKey;

/// What every handler answers.
pub type ApiResult<T = Response> = Result<T, ApiError>;

/// A refusal or a fault on its way out.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    fields: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    versions: Option<Box<Versions>>,
    /// No licence has the key.
    unknown_key: Option<UnknownKey>,
}

/// Every answer that is no success.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorAnswer {
    /// Short word for programs.
    #[schema(example = "invalid")]
    error: &'static str,
    /// One sentence for people.
    message: String,
    /// The field that is wrong, or the first of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// All fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<WrongField>,
    /// The newest version of the program, where that is known.
    #[serde(rename = "serverVersion", skip_serializing_if = "Option::is_none")]
    server_version: Option<String>,
    /// The oldest version that is served, where that is known.
    #[serde(
        rename = "minimumRequiredVersion",
        skip_serializing_if = "Option::is_none"
    )]
    minimum_required_version: Option<String>,
}

/// One field that cannot be taken as it is.
#[derive(Serialize, ToSchema)]
pub struct WrongField {
    /// Its name in JSON.
    field: String,
    /// What to do.
    message: String,
}

impl ApiError {
    /// True where nothing was done: the caller was refused, or Stripe did not do its part.
    pub(super) fn is_refusal(&self) -> bool {
        self.status.is_client_error() || self.status == StatusCode::BAD_GATEWAY
    }

    /// The same refusal, with a field called by the name that it has in this call's body.
    pub(super) fn calling(mut self, field: &str, name: &str) -> Self {
        let wrong = self.fields.iter_mut();
        for error in wrong.filter(|error| error.field == field) {
            name.clone_into(&mut error.field);
        }
        self
    }

    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            fields: Vec::new(),
            retry_after_seconds: None,
            versions: None,
            unknown_key: None,
        }
    }

    /// What the rules of a licence refuse.
    fn refused(refusal: Refusal) -> Self {
        let status = match refusal.code {
            RefusalCode::InvalidKey => StatusCode::NOT_FOUND,
            RefusalCode::Expired | RefusalCode::Revoked | RefusalCode::Suspended => {
                StatusCode::FORBIDDEN
            }
            RefusalCode::ProductMismatch
            | RefusalCode::AlreadyActivated
            | RefusalCode::SeatsExhausted
            | RefusalCode::VersionOutdated
            | RefusalCode::HardwareMismatch => StatusCode::CONFLICT,
            RefusalCode::Cooldown => StatusCode::TOO_MANY_REQUESTS,
        };
        Self {
            unknown_key: (refusal.code == RefusalCode::InvalidKey).then_some(UnknownKey),
            retry_after_seconds: refusal.retry_after_seconds,
            versions: Some(Box::new(refusal.versions)),
            ..Self::new(status, refusal.code.as_str(), refusal.message)
        }
    }

    /// 400: the body is no JSON.
    pub fn not_json(why: &str) -> Self {
        let message = format!("The body is not JSON: {why}.");
        Self::new(StatusCode::BAD_REQUEST, "not_json", message)
    }

    /// 400: the body ended before its time.
    pub fn unreadable_body() -> Self {
        let message = "The body ended before its time. Send it again.";
        Self::new(StatusCode::BAD_REQUEST, "unreadable_body", message)
    }

    /// 403: `X-Tenant` is not the token's tenant.
    pub fn other_tenant() -> Self {
        let message = "X-Tenant names another tenant than the access token's. Leave it out, or use that tenant's token.";
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 404: no such thing, or another tenant's.
    pub fn not_found(what: &'static str) -> Self {
        Error::NotFound(what).into()
    }

    /// 404: no route has the address.
    pub fn no_such_address() -> Self {
        let message = "There is no such address. /api/openapi.json lists them all.";
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        let message =
            "This address does not take this method. /api/openapi.json lists what it takes.";
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            message,
        )
    }

    /// 409: the call was made before, and its answer showed a secret once.
    pub fn already_created() -> Self {
        let message = "This call was made before with this Idempotency-Key, and its answer is shown only once.";
        Self::new(StatusCode::CONFLICT, "already_created", message)
    }

    /// 413.
    pub fn body_too_large() -> Self {
        let message = "The body is too large. A product may have 256 KiB, everything else 64 KiB.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", message)
    }

    /// 415.
    pub fn unsupported_media_type() -> Self {
        let message = "Send the body as JSON, with Content-Type: application/json.";
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            message,
        )
    }

    /// 422: one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Error::Invalid(FieldErrors::one(field, message)).into()
    }

    /// 429: the caller asks too much; another call is answered after so many seconds.
    pub fn rate_limited(retry_after_seconds: u64) -> Self {
        let message = format!(
            "Too many calls came from this address, or too many with keys that do not exist. Try \
             again after {retry_after_seconds} seconds."
        );
        Self {
            retry_after_seconds: Some(retry_after_seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message)
        }
    }

    /// 504: nobody waits longer for it.
    pub fn took_too_long() -> Self {
        let message = "This took too long and was given up. Look whether it was done before you send it again; the request id says which request it was.";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "took_too_long", message)
    }

    /// Logs a fault, once, with its whole chain.
    fn fault(error: &Error) -> Self {
        tracing::error!(?error, "a call failed");
        let message = "Something failed on our side. Try again later; the request id says which request it was.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", message)
    }

    fn fields(errors: FieldErrors) -> Self {
        let message = match errors.0.as_slice() {
            [only] => only.message.clone(),
            _ => "Some fields cannot be taken as they are.".into(),
        };
        Self {
            fields: errors.0,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "not_found", message),
            Error::NoSuchLicense => Self {
                unknown_key: Some(UnknownKey),
                ..Self::new(StatusCode::NOT_FOUND, "not_found", message)
            },
            Error::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, "forbidden", message),
            Error::Unauthorized(_) => Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message),
            Error::Invalid(errors) => Self::fields(errors),
            Error::Conflict { code, .. } => Self::new(StatusCode::CONFLICT, code, message),
            Error::Refused(refusal) => Self::refused(*refusal),
            Error::TooMany {
                retry_after_seconds,
            } => Self {
                retry_after_seconds: Some(retry_after_seconds),
                ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", message)
            },
            Error::Upstream(_) => Self::new(StatusCode::BAD_GATEWAY, "upstream", message),
            Error::Fault { .. } => Self::fault(&error),
        }
    }
}

impl From<FieldErrors> for ApiError {
    fn from(errors: FieldErrors) -> Self {
        Self::fields(errors)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let wrong = |error: FieldError| WrongField {
            field: error.field,
            message: error.message,
        };
        let versions = self.versions.map(|known| *known).unwrap_or_default();
        let body = ErrorAnswer {
            error: self.code,
            message: self.message,
            field: self.fields.first().map(|error| error.field.clone()),
            fields: self.fields.into_iter().map(wrong).collect(),
            server_version: versions.server,
            minimum_required_version: versions.minimum_required,
        };
        let mut response = (self.status, Json(body)).into_response();
        if let Some(mark) = self.unknown_key {
            response.extensions_mut().insert(mark);
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("ExisOneApi, Bearer");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
