//! Calls that create: made twice with one `Idempotency-Key`, they have one effect and one answer.

use std::future::Future;

use axum::extract::{FromRequest, MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::idempotency::{self, Answer, Begun, Call};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tracing::Instrument;

use crate::api::body;
use crate::api::caller::Caller;
use crate::api::error::{ApiError, ApiResult};
use crate::state::ServerState;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The body of a call that creates, and the key under which it may be repeated.
pub struct Creating<T> {
    body: T,
    key: Option<Key>,
}

struct Key {
    text: String,
    route: String,
    body_hash: [u8; 32],
}

/// The same where nothing has to be said: no body is an empty object.
pub struct CreatingOrNothing<T>(pub Creating<T>);

/// What was created, as it goes out.
pub struct Made {
    status: StatusCode,
    content_type: HeaderValue,
    text: String,
    is_shown_once: bool,
}

impl Made {
    /// 201 with JSON.
    pub fn created(value: &impl Serialize) -> ApiResult<Self> {
        Self::json(StatusCode::CREATED, value)
    }

    /// 200 with JSON.
    pub fn ok(value: &impl Serialize) -> ApiResult<Self> {
        Self::json(StatusCode::OK, value)
    }

    /// 201 with JSON that holds a secret and is not kept.
    pub fn shown_once(value: &impl Serialize) -> ApiResult<Self> {
        Ok(Self {
            is_shown_once: true,
            ..Self::created(value)?
        })
    }

    /// 200 with plain text.
    pub const fn text(text: String) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: TEXT,
            text,
            is_shown_once: false,
        }
    }

    fn json(status: StatusCode, value: &impl Serialize) -> ApiResult<Self> {
        Ok(Self {
            status,
            content_type: JSON,
            text: serde_json::to_string(value).map_err(engine::Error::from)?,
            is_shown_once: false,
        })
    }

    /// An answer that was kept; of the two kinds of text only JSON begins so.
    fn kept(status: u16, text: String) -> ApiResult<Self> {
        let status = StatusCode::from_u16(status)
            .map_err(|_| engine::Error::fault("a kept status is none"))?;
        let content_type = if text.starts_with(['{', '[']) {
            JSON
        } else {
            TEXT
        };
        Ok(Self {
            status,
            content_type,
            text,
            is_shown_once: false,
        })
    }
}

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, self.content_type)];
        (self.status, headers, self.text).into_response()
    }
}

impl<T: Send + 'static> Creating<T> {
    /// Does the call, or says what came of the first one with the same key. With a key it is done to
    /// its end even if the caller hangs up: the repetition must find its answer.
    pub async fn once<F, Fut>(self, caller: Caller, act: F) -> ApiResult<Made>
    where
        F: FnOnce(Caller, T) -> Fut + Send + 'static,
        Fut: Future<Output = ApiResult<Made>> + Send + 'static,
    {
        let Some(key) = self.key else {
            return act(caller, self.body).await;
        };
        let call = keyed(caller.clone(), key, act(caller, self.body));
        tokio::spawn(call.in_current_span())
            .await
            .map_err(|_| engine::Error::fault("a call ended before its time"))?
    }
}

async fn keyed(
    caller: Caller,
    key: Key,
    act: impl Future<Output = ApiResult<Made>>,
) -> ApiResult<Made> {
    let (engine, actor) = caller.parts();
    // Another caller's key is another call: an answer goes only to whom it was given.
    let route = format!("{} as {}", key.route, actor.id_text());
    let call = Call {
        key: &key.text,
        route: &route,
        body_hash: key.body_hash,
    };
    match idempotency::begin(engine, actor, &call).await? {
        Begun::Fresh => {}
        Begun::Replay { status, answer } => return Made::kept(status, answer),
        Begun::AlreadyCreated => return Err(ApiError::already_created()),
        Begun::Mismatch => return Err(another_call()),
    }
    match act.await {
        Ok(made) => {
            let status = made.status.as_u16();
            let answer = if made.is_shown_once {
                Answer::ShownOnce(status)
            } else {
                Answer::Repeatable(status, &made.text)
            };
            idempotency::finish(engine, actor, &key.text, &answer).await?;
            Ok(made)
        }
        Err(refused) => {
            // After a fault nobody knows what was done; then the key stays taken.
            if refused.is_refusal() {
                idempotency::release(engine, actor, &key.text).await?;
            }
            Err(refused)
        }
    }
}

fn another_call() -> ApiError {
    let message = "This Idempotency-Key was used for another call. Use a new one for each call.";
    ApiError::invalid("Idempotency-Key", message)
}

impl<T: DeserializeOwned> FromRequest<ServerState> for Creating<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ServerState) -> Result<Self, ApiError> {
        let call = Named::of(&request)?;
        let bytes = body::json_bytes(request, state).await?;
        call.with(&bytes)
    }
}

impl<T: DeserializeOwned> FromRequest<ServerState> for CreatingOrNothing<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ServerState) -> Result<Self, ApiError> {
        let call = Named::of(&request)?;
        let bytes = body::json_bytes_or_nothing(request, state).await?;
        call.with(&bytes).map(Self)
    }
}

/// A call before its body is read.
struct Named {
    /// Its key, with the route.
    key: Option<(String, String)>,
    path: String,
}

impl Named {
    fn of(request: &Request) -> Result<Self, ApiError> {
        Ok(Self {
            key: key_header(request)?.map(|text| (text, route(request))),
            path: request.uri().path().to_owned(),
        })
    }

    fn with<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<Creating<T>, ApiError> {
        let key = self.key.map(|(text, route)| Key {
            text,
            route,
            body_hash: hash(&self.path, bytes),
        });
        Ok(Creating {
            body: body::parse(bytes)?,
            key,
        })
    }
}

fn key_header(request: &Request) -> Result<Option<String>, ApiError> {
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(ApiError::invalid(
            "Idempotency-Key",
            "Use 1 to 255 visible ASCII characters, for example a UUID.",
        )),
    }
}

/// The route's template with its method. Never the path: keys stand in paths.
fn route(request: &Request) -> String {
    let template = request.extensions().get::<MatchedPath>();
    let template = template.map_or("", MatchedPath::as_str);
    format!("{} {}", request.method(), template.trim_end_matches('/'))
}

/// What makes two calls the same: the path, but for its trailing slash, and the body.
fn hash(path: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(path.trim_end_matches('/'));
    hash.update([0]);
    hash.update(body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_path_or_body_is_another_call_and_a_slash_is_not() {
        let call = hash("/api/license/A/resend", b"{}");
        assert_eq!(call, hash("/api/license/A/resend/", b"{}"));
        assert_ne!(call, hash("/api/license/B/resend", b"{}"));
        assert_ne!(call, hash("/api/license/A/resend", b"[]"));
    }
}
