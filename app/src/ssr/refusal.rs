//! From the engine's refusals and faults to the face's one error, its words and its status.

use domain::field_error::FieldErrors;
use engine::Error;
use http::StatusCode;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::Serialize;

use super::request::{is_page_request, request_id, wants_page};
use crate::error::{Kind, UiError};
use crate::sent::Sent;

/// The error as the browser gets it. Sets the answer's status, except where a form without
/// a script is answered: there a redirect carries it. A fault goes to the log, whole, once.
pub fn refuse(error: Error) -> UiError {
    let refusal = translate(error);
    say_status(&refusal);
    refusal
}

/// A page's data, packed for its way.
pub fn pack<T: Serialize>(value: &T) -> Result<Sent<T>, UiError> {
    Sent::pack(value)
}

pub(super) fn say_status(refusal: &UiError) {
    if wants_page() && !is_page_request() {
        return;
    }
    if let (Some(response), Ok(status)) = (
        use_context::<ResponseOptions>(),
        StatusCode::from_u16(refusal.status()),
    ) {
        response.set_status(status);
    }
}

fn translate(error: Error) -> UiError {
    let message = error.to_string();
    let kind = match error {
        Error::NotFound(_) | Error::NoSuchLicense => Kind::NotFound,
        Error::Forbidden(_) => Kind::Forbidden,
        Error::Unauthorized(_) => Kind::SignedOut,
        Error::Conflict { .. } | Error::Refused(_) => Kind::Conflict,
        Error::TooMany { .. } => Kind::TooMany,
        Error::Upstream(_) => Kind::Upstream,
        Error::Invalid(fields) => return invalid(message, fields),
        Error::Fault { .. } => return fault(&error),
    };
    UiError::new(kind, message)
}

/// A name that is in use is said beside its field; for programs it is a conflict.
pub(super) fn beside_name(error: Error) -> Error {
    match error {
        Error::Conflict {
            code: "name_in_use",
            message,
        } => Error::field("name", message),
        other => other,
    }
}

fn invalid(message: String, fields: FieldErrors) -> UiError {
    UiError {
        fields,
        ..UiError::new(Kind::Invalid, message)
    }
}

fn fault(error: &Error) -> UiError {
    let id = request_id().unwrap_or_default();
    let mut chain = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(request.id = %id, error = %chain, "a page's action failed");
    let message = if id.is_empty() {
        "The server could not do this. Its log says why.".to_owned()
    } else {
        format!("The server could not do this. Its log says why, under the request id {id}.")
    };
    UiError::new(Kind::Fault, message)
}
