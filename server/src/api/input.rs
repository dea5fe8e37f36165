//! What stands in paths and after the question mark, read with words for whoever got it wrong.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use engine::page::{PAGE_SIZE, PAGE_SIZE_MAX, Place};
use serde::de::DeserializeOwned;

use crate::api::error::{ApiError, ApiResult};

/// The one parameter of a path. A text that is no id names nothing: 404.
pub struct Id<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| ApiError::not_found("address"))
    }
}

/// The parameters after the question mark; all of them are texts, read field by field.
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        // No text of ours has one, and PostgreSQL knows no text that does.
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(ApiError::invalid("query", "Take the NUL character out."));
        }
        Query::try_from_uri(&parts.uri)
            .map(|Query(parameters)| Self(parameters))
            .map_err(|_| ApiError::invalid("query", "Send each parameter once."))
    }
}

/// A parameter that may be absent or blank.
pub fn optional<T: FromStr>(
    (field, text): (&str, Option<&String>),
    advice: &str,
) -> ApiResult<Option<T>> {
    let Some(text) = text.map(|text| text.trim()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let value = text.parse();
    value
        .map(Some)
        .map_err(|_| ApiError::invalid(field, advice))
}

/// `livemode`: true is live, false is test, absent is both.
pub fn livemode(text: Option<&String>) -> ApiResult<Option<bool>> {
    optional(("livemode", text), "Use true for live, false for test.")
}

/// `after`: the place where the page before ended.
pub fn after(text: Option<&String>) -> ApiResult<Option<Place>> {
    optional(
        ("after", text),
        "Take `after` from the page before, as it stands there.",
    )
}

/// `pageSize`: 1..=200, else 50.
pub fn page_size(text: Option<&String>) -> ApiResult<i64> {
    let advice = "Write a whole number from 1 to 200.";
    match optional(("pageSize", text), advice)? {
        None => Ok(PAGE_SIZE),
        Some(size) if (1..=PAGE_SIZE_MAX).contains(&size) => Ok(size),
        Some(_) => Err(ApiError::invalid("pageSize", advice)),
    }
}

/// `page`: from 1.
pub fn page(text: Option<&String>) -> ApiResult<Option<i64>> {
    let advice = "Write a whole number, 1 or more.";
    match optional(("page", text), advice)? {
        Some(page) if page < 1 => Err(ApiError::invalid("page", advice)),
        page => Ok(page),
    }
}
