//! A JSON body: its type is checked, its length bounded, and what is wrong is said beside its field.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use crate::api::error::ApiError;

/// Bytes that a body may have, where the route says nothing else.
pub const BODY_MAX: usize = 64 * 1024;
/// A product's body: its template may be long.
pub const PRODUCT_BODY_MAX: usize = 256 * 1024;

/// A body that was read as `T`.
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = json_bytes(request, state).await?;
        parse(&bytes).map(Self)
    }
}

/// The bytes of a body that says that it is JSON.
pub(super) async fn json_bytes<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Bytes, ApiError> {
    if !says_json(request.headers()) {
        return Err(ApiError::unsupported_media_type());
    }
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection: BytesRejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::body_too_large(),
            _ => ApiError::unreadable_body(),
        })
}

fn says_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    let Some(value) = value.and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// Reads a body. Values are never repeated in what is said about them: they may be secrets.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    refuse_list(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        explain(&field, error.inner())
    })?;
    reader.end().map_err(|error| explain("", &error))?;
    Ok(value)
}

/// A list would be read as the fields in the order in which they are declared here.
fn refuse_list(bytes: &[u8]) -> Result<(), ApiError> {
    if !bytes.trim_ascii_start().starts_with(b"[") {
        return Ok(());
    }
    match serde_json::from_slice::<IgnoredAny>(bytes) {
        Ok(_) => Err(ApiError::invalid("body", "Send a JSON object.")),
        Err(error) => Err(explain("", &error)),
    }
}

fn explain(path: &str, error: &serde_json::Error) -> ApiError {
    match error.classify() {
        Category::Data => {}
        Category::Io => return ApiError::unreadable_body(),
        Category::Eof => return ApiError::not_json("it ends too early"),
        Category::Syntax => {
            let (line, column) = (error.line(), error.column());
            return ApiError::not_json(&format!("look at line {line}, column {column}"));
        }
    }
    let words = error.to_string();
    if let Some(field) = quoted_after(&words, "missing field ") {
        return ApiError::invalid(field, "This field is required.");
    }
    if let Some(field) = quoted_after(&words, "duplicate field ") {
        return ApiError::invalid(field, "Send this field once.");
    }
    let expected = words
        .rsplit_once("expected ")
        .map_or("another value", |(_, rest)| {
            rest.split(" at line ").next().unwrap_or(rest)
        });
    // A form names its field itself: where it is part of a body, the path ends before it.
    let (expected, named) = expected.split_once(" as `").unwrap_or((expected, "body`"));
    let field = if path.is_empty() || path == "." {
        named.trim_end_matches('`')
    } else {
        path
    };
    ApiError::invalid(field, format!("Send {}.", plain(expected)))
}

fn quoted_after<'a>(words: &'a str, start: &str) -> Option<&'a str> {
    words.strip_prefix(start)?.split('`').nth(1)
}

/// What serde calls a type, in words for people.
fn plain(expected: &str) -> &str {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => "a whole number",
        "a boolean" => "true or false",
        "a string" => "a text",
        other if other.starts_with("struct ") => "a JSON object",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::response::IntoResponse;
    use serde::Deserialize;
    use serde_json::Value;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only reading it is tested")]
    struct Order {
        product_id: i32,
        gift: Option<bool>,
    }

    async fn refused(body: &str) -> (u16, Value) {
        let error = parse::<Order>(body.as_bytes()).expect_err("is refused");
        let response = error.into_response();
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), 10_000).await.expect("reads");
        (status, serde_json::from_slice(&bytes).expect("is JSON"))
    }

    #[tokio::test]
    async fn what_is_no_json_is_400() {
        for body in [
            "",
            "{",
            "nonsense",
            "{\"productId\": 1} x",
            "{\"productId\": 1,}",
            "[1, null, true",
        ] {
            let (status, answer) = refused(body).await;
            assert_eq!(
                (status, answer["error"].as_str()),
                (400, Some("not_json")),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn what_cannot_be_taken_is_422_and_names_the_field() {
        for (body, field, message) in [
            ("{}", "productId", "This field is required."),
            (
                "{\"productId\": \"sk_live_x\"}",
                "productId",
                "Send a whole number.",
            ),
            (
                "{\"productId\": 99999999999}",
                "productId",
                "Send a whole number.",
            ),
            (
                "{\"productId\": 1, \"gift\": 1}",
                "gift",
                "Send true or false.",
            ),
            (
                "{\"productId\": 1, \"productId\": 2}",
                "productId",
                "Send this field once.",
            ),
            ("[1]", "body", "Send a JSON object."),
            ("[1, \"whsec_x\", true]", "body", "Send a JSON object."),
            (" []", "body", "Send a JSON object."),
            ("null", "body", "Send a JSON object."),
        ] {
            let (status, answer) = refused(body).await;
            assert_eq!(status, 422, "{body}: {answer}");
            assert_eq!(answer["field"], field, "{body}: {answer}");
            assert_eq!(answer["message"], message, "{body}");
        }
    }
}
