//! Who asks too much waits: each address, each token at an address, and whoever tries keys.
//!
//! A token alone is never counted: the one inside a shipped program is everybody's, and one attacker
//! would lock out all. A known key on its device is answered 60 times a minute whatever else comes from
//! its address; that it is one is looked up only when it would be refused otherwise.

mod allowances;
mod table;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts as _, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use engine::dashboard::guesses;
use engine::devices::known;
use engine::tokens;
use serde::Deserialize;

use crate::api::body::BODY_MAX;
use crate::api::caller::{self, Caller};
use crate::api::error::ApiError;
use crate::state::ServerState;

use allowances::{Allowance, Spent};

pub use allowances::{RateLimitSettings, RateLimits, Ticks};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// A mark on an answer that says that no licence has the key. Its status does not tell: every question for a
/// validation that can be read is answered by 200, and by 404 what a known key has not. It is read here and
/// never sent.
#[derive(Debug, Clone, Copy)]
pub struct UnknownKey;

/// What a call names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Names {
    /// No key.
    Nothing,
    /// A key.
    Key,
    /// A key, if it is no trial, and the device that it is used on.
    Device,
}

/// Why a call would be refused.
enum Refusal {
    Calls(Spent),
    Guesses(Spent),
}

/// A call as far as it is counted.
struct Call {
    limits: Arc<RateLimits>,
    address: IpAddr,
    names: Names,
    authorization: Option<HeaderValue>,
}

/// Counts a call of the API, and refuses it where its caller asks too much.
pub async fn limit(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let Some(limits) = state.rate_limits.clone() else {
        return next.run(request).await;
    };
    let call = Call::of(&request, limits);
    let (request, allowance) = match call.count() {
        Ok(allowance) => (request, allowance),
        Err(refusal) if call.names == Names::Device => {
            match spare(&state, &call, (request, refusal)).await {
                Ok(spared) => spared,
                Err(spent) => return refuse(spent),
            }
        }
        Err(Refusal::Calls(spent) | Refusal::Guesses(spent)) => return refuse(spent),
    };
    let mut response = next.run(request).await;
    if call.is_guess(&response) && call.limits.count_guess(call.address) {
        call.note_guesses(&state).await;
    }
    if let Some(allowance) = allowance {
        tell(&mut response, allowance);
    }
    response
}

impl Call {
    fn of(request: &Request, limits: Arc<RateLimits>) -> Self {
        let extensions = request.extensions();
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        let path = extensions.get::<MatchedPath>();
        let path = path.map_or("", |path| path.as_str().trim_end_matches('/'));
        let names = match path {
            "/api/license/activate" | "/api/license/validate" | "/api/license/deactivate" => {
                Names::Device
            }
            "/api/license/features/csv" => Names::Key,
            _ if path.starts_with("/api/license/{") => Names::Key,
            _ => Names::Nothing,
        };
        Self {
            limits,
            address: peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0.ip()),
            names,
            authorization: request.headers().get(header::AUTHORIZATION).cloned(),
        }
    }

    fn count(&self) -> Result<Option<Allowance>, Refusal> {
        // However it is written around the token, it is the same one.
        let token = self.authorization.as_ref();
        let token = token.map(|value| caller::token(value).map_or(value.as_bytes(), str::as_bytes));
        let allowance = self.limits.count(self.address, token);
        let allowance = allowance.map_err(Refusal::Calls)?;
        if self.names != Names::Nothing {
            let guesses = self.limits.look_at_guesses(self.address);
            guesses.map_err(Refusal::Guesses)?;
        }
        Ok(allowance)
    }

    /// True where the answer says that no licence has the key.
    fn is_guess(&self, response: &Response) -> bool {
        let is_unknown = response.extensions().get::<UnknownKey>().is_some();
        is_unknown && self.names != Names::Nothing
    }

    /// Shows the token's tenant that an address has had all the guesses that it may have.
    async fn note_guesses(&self, state: &ServerState) {
        let token = self.authorization.as_ref().and_then(caller::token);
        if let Some(token) = token
            && let Ok(actor) = tokens::authenticate::execute(&state.engine, token).await
        {
            guesses::note(&state.engine, &actor, self.address);
        }
    }
}

/// What a program says of itself; other fields are not looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    #[serde(default, alias = "licenseKey")]
    activation_key: Option<String>,
    hardware_id: String,
}

/// Lets a call through all the same where its key is known on its device, and that device asks no more
/// than 60 times a minute; and a trial where only keys were guessed.
async fn spare(
    state: &ServerState,
    call: &Call,
    (request, refusal): (Request, Refusal),
) -> Result<(Request, Option<Allowance>), Spent> {
    let (spent, is_about_keys) = match refusal {
        Refusal::Calls(spent) => (spent, false),
        Refusal::Guesses(spent) => (spent, true),
    };
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_MAX).await.map_err(|_| spent)?;
    let question: Question = serde_json::from_slice(&bytes).map_err(|_| spent)?;
    let key = question.activation_key.unwrap_or_default();
    let allowance = if key.trim().is_empty() {
        if !is_about_keys {
            return Err(spent);
        }
        None
    } else {
        let given = (key.as_str(), question.hardware_id.as_str());
        let device = known_device(state, &mut parts, given).await.ok_or(spent)?;
        call.limits.count_device(&device)?
    };
    Ok((rebuild(parts, bytes), allowance))
}

fn rebuild(parts: Parts, bytes: Bytes) -> Request {
    Request::from_parts(parts, Body::from(bytes))
}

async fn known_device(
    state: &ServerState,
    parts: &mut Parts,
    given: (&str, &str),
) -> Option<known::KnownDevice> {
    let caller = Caller::from_request_parts(parts, state).await.ok()?;
    let (engine, actor) = caller.parts();
    known::find(engine, actor, given)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(?error, "a device could not be looked up");
            None
        })
}

fn refuse(spent: Spent) -> Response {
    let mut response = ApiError::rate_limited(spent.retry_after_seconds).into_response();
    let allowance = Allowance {
        limit: spent.limit,
        remaining: 0,
    };
    tell(&mut response, allowance);
    response
}

fn tell(response: &mut Response, allowance: Allowance) {
    let headers = response.headers_mut();
    headers.insert(LIMIT, allowance.limit.into());
    headers.insert(REMAINING, allowance.remaining.into());
    headers.insert(RESET, allowance.reset_seconds().into());
}
