//! A JSON body: its type is checked, its length bounded, and what is wrong is said beside its field.

use std::borrow::Cow;
use std::fmt;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;

use crate::api::error::ApiError;

/// Bytes that a body may have, where the route says nothing else.
pub const BODY_MAX: usize = 64 * 1024;
/// A product's body: its template may be long.
pub const PRODUCT_BODY_MAX: usize = 256 * 1024;
/// Lists and objects that may stand within one another; no field of ours needs more than two.
const DEPTH_MAX: usize = 32;
/// Names that a body has at most, unless somebody is playing.
const USUAL_NAMES: usize = 16;
/// Bytes of a field's name that is told; no field of ours has more.
const NAME_MAX: usize = 64;

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
    whole(request, state).await
}

/// The same, or an empty object where there is no body at all, whatever its type is said to be.
pub(super) async fn json_bytes_or_nothing<S: Send + Sync>(
    request: Request,
    state: &S,
) -> Result<Bytes, ApiError> {
    let says_json = says_json(request.headers());
    let bytes = whole(request, state).await?;
    if bytes.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    if !says_json {
        return Err(ApiError::unsupported_media_type());
    }
    Ok(bytes)
}

async fn whole<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
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
    // Of a field that nobody knows, neither would be noticed.
    if std::str::from_utf8(bytes).is_err() {
        return Err(ApiError::not_json("it is not UTF-8"));
    }
    if depth(bytes) > DEPTH_MAX {
        let message = format!("Nest lists and objects at most {DEPTH_MAX} levels deep.");
        return Err(ApiError::invalid("body", message));
    }
    refuse_list(bytes)?;
    refuse_repetition(bytes)?;
    serde_json::from_slice(bytes).or_else(|_| parse_with_path(bytes))
}

/// Reads it once more, to say where it cannot be read: to know that all the time costs a program's call.
fn parse_with_path<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        explain(&field, error.inner())
    })?;
    reader.end().map_err(|error| explain("", &error))?;
    Ok(value)
}

/// How deep lists and objects stand within one another, whether or not they end.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => depth += 1,
            b']' | b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
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

/// Of a name that is said twice nobody knows which value counts, whoever reads the body on its way.
fn refuse_repetition(bytes: &[u8]) -> Result<(), ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    match reader.deserialize_map(RepeatedName) {
        Ok(Some(name)) => {
            let is_told = name.len() <= NAME_MAX;
            let field = if is_told { name.as_str() } else { "body" };
            Err(ApiError::invalid(field, "Send this field once."))
        }
        // What is no object or no JSON is refused when it is read for good.
        Ok(None) | Err(_) => Ok(()),
    }
}

/// Finds a name that stands twice in an object; what lies deeper is not looked at.
struct RepeatedName;

/// Borrowed from the body where it has no escapes: every call of a program comes through here.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for RepeatedName {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let mut names = Vec::with_capacity(USUAL_NAMES);
        while let Some((Name(name), _)) = map.next_entry::<Name<'de>, IgnoredAny>()? {
            names.push(name);
        }
        names.sort_unstable();
        let mut pairs = names.windows(2);
        let repeated = pairs.find(|pair| pair[0] == pair[1]);
        Ok(repeated.map(|pair| pair[0].to_string()))
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
            (
                "{\"productId\": 1, \"x\": 1, \"x\": 2}",
                "x",
                "Send this field once.",
            ),
            (
                "{\"productId\": 1, \"a`b\": [], \"\\u0061`b\": {}}",
                "a`b",
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

    #[tokio::test]
    async fn a_field_that_nobody_knows_may_hold_anything_but_depth_and_stands_once() {
        let nested = |levels: usize| {
            let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
            format!("{{\"productId\": 1, \"other\": {open}\"{{[\\\"[\"{close}}}")
        };
        assert!(parse::<Order>(nested(DEPTH_MAX).as_bytes()).is_ok());
        for levels in [DEPTH_MAX + 1, 10_000] {
            let (status, answer) = refused(&nested(levels)).await;
            assert_eq!((status, &answer["field"]), (422, &"body".into()));
            assert_eq!(
                answer["message"],
                "Nest lists and objects at most 32 levels deep."
            );
        }
        let side_by_side = format!("{{\"productId\": 1, \"other\": [{}[]]}}", "[],".repeat(40));
        assert!(parse::<Order>(side_by_side.as_bytes()).is_ok());
        let twice_within = b"{\"productId\": 1, \"other\": {\"a\": 1, \"a\": 2}}";
        assert!(parse::<Order>(twice_within).is_ok());
        let name = "x".repeat(NAME_MAX + 1);
        let twice = format!("{{\"productId\": 1, \"{name}\": 1, \"{name}\": 2}}");
        let (status, answer) = refused(&twice).await;
        assert_eq!((status, &answer["field"]), (422, &"body".into()));
        let not_text = parse::<Order>(b"{\"productId\": 1, \"other\": \"\xff\"}");
        let response = not_text.expect_err("is refused").into_response();
        assert_eq!(response.status().as_u16(), 400);
    }

    #[tokio::test]
    async fn a_form_that_is_a_part_of_a_body_names_its_field() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only reading it is tested")]
        struct Part {
            id: Option<i32>,
            #[serde(flatten)]
            form: domain::plan::PlanForm,
        }
        for (body, field, message) in [
            (r#"{"name": 5}"#, "name", "Send a text."),
            (
                r#"{"id": 1, "durationDays": true}"#,
                "durationDays",
                "Send a number.",
            ),
            (r#"{"features": ["a", 5]}"#, "features", "Send a text."),
            (
                r#"{"name": "a", "name": "b"}"#,
                "name",
                "Send this field once.",
            ),
            (r#"{"id": "x"}"#, "id", "Send a whole number."),
            ("5", "body", "Send a JSON object."),
        ] {
            let error = parse::<Part>(body.as_bytes()).expect_err("is refused");
            let response = error.into_response();
            assert_eq!(response.status().as_u16(), 422, "{body}");
            let bytes = to_bytes(response.into_body(), 10_000).await.expect("reads");
            let answer: Value = serde_json::from_slice(&bytes).expect("is JSON");
            assert_eq!(
                (&answer["field"], &answer["message"]),
                (&field.into(), &message.into())
            );
        }
    }
}
