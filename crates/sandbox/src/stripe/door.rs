//! The door of /v1: faults, key, version, idempotency, route, answer, log.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::Value;

use super::call::Call;
use super::error::{Answer, StripeError};
use super::routes::{self, Route};
use super::version::ApiVersion;
use super::{auth, expand, form, idempotency, schema};
use crate::inner::Inner;
use crate::webhooks::event::Origin;
use crate::webhooks::layout;
use crate::world::{SeenRequest, World};

/// A request, read as far as it can be without knowing its route.
pub(super) struct Asked {
    pub method: String,
    pub path: String,
    /// Query and body in one tree.
    pub given: Value,
    pub idempotency_key: Option<String>,
    pub version: Option<String>,
    pub request_id: String,
}

/// What goes back.
pub(super) struct Reply {
    pub status: StatusCode,
    pub body: Value,
    pub replayed: bool,
}

/// Answers any request under /v1.
pub(crate) async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asked = read(&inner, &method, &uri, &headers, &body);
    let faults = inner.lock().faults.api.clone();
    if faults.delay_millis > 0 {
        tokio::time::sleep(Duration::from_millis(faults.delay_millis)).await;
    }
    let (reply, lost) = {
        let mut world = inner.lock();
        let reply = reply(&mut world, &inner, &asked, &headers);
        world.remember_request(seen(&asked, &reply));
        let lost = world.faults.api.lose_answers > 0;
        world.faults.api.lose_answers = world.faults.api.lose_answers.saturating_sub(1);
        (reply, lost)
    };
    inner.touch();
    if lost {
        return broken();
    }
    respond(&asked, &reply)
}

fn read(inner: &Inner, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Asked {
    let header = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let body = String::from_utf8_lossy(body);
    let both = format!("{}&{body}", uri.query().unwrap_or_default());
    Asked {
        method: method.to_string(),
        path: uri.path().to_owned(),
        given: form::parse(&both),
        idempotency_key: header("idempotency-key").filter(|_| method == Method::POST),
        version: header("stripe-version"),
        request_id: format!("req_{}", inner.tools.dice.letters(14)),
    }
}

fn reply(world: &mut World, inner: &Inner, asked: &Asked, headers: &HeaderMap) -> Reply {
    match attempt(world, inner, asked, headers) {
        Ok(reply) => reply,
        Err(error) => Reply {
            status: error.status,
            body: error.envelope(&asked.request_id),
            replayed: false,
        },
    }
}

fn attempt(
    world: &mut World,
    inner: &Inner,
    asked: &Asked,
    headers: &HeaderMap,
) -> Result<Reply, StripeError> {
    let api = &mut world.faults.api;
    if api.down || api.fail_next > 0 {
        api.fail_next = api.fail_next.saturating_sub(1);
        return Err(StripeError::unavailable());
    }
    let key = auth::api_key(headers)?;
    let Some((route, ids)) = routes::find(&asked.method, &asked.path) else {
        return Err(StripeError::unknown_url(&asked.method, &asked.path));
    };
    auth::may(&key, route.right)?;
    let account = if key.starts_with("pk_") {
        let session = ids.first().map(String::as_str).unwrap_or_default();
        let owner = world.account_of_session(session);
        owner.map(|account| account.id.clone())
    } else {
        None
    };
    let account = account.unwrap_or_else(|| world.account_of_key(&key, &inner.tools).id.clone());
    let version = version_of(world, &account, asked)?;
    if let Some(known) = idempotency::known(world, &account, asked)? {
        return Ok(known);
    }
    let answer = act(world, inner, asked, route, ids, &account);
    let reply = match &answer {
        Ok(body) => Reply {
            status: StatusCode::OK,
            body: version.shape(body),
            replayed: false,
        },
        Err(error) => Reply {
            status: error.status,
            body: error.envelope(&asked.request_id),
            replayed: false,
        },
    };
    if answer.as_ref().err().is_none_or(StripeError::is_remembered) {
        idempotency::remember(world, &account, asked, &reply);
    }
    Ok(reply)
}

fn act(
    world: &mut World,
    inner: &Inner,
    asked: &Asked,
    route: &Route,
    ids: Vec<String>,
    account: &str,
) -> Answer {
    let template = format!("{} {}", route.method, route.path);
    let params = schema::check(&template, &asked.given)?;
    let paths = params["expand"].clone();
    let mut call = Call {
        world,
        tools: &inner.tools,
        account: account.to_owned(),
        params,
        ids,
        origin: Origin {
            id: Some(asked.request_id.clone()),
            idempotency_key: asked.idempotency_key.clone(),
        },
    };
    let mut body = (route.act)(&mut call)?;
    expand::expand(&mut body, &paths, world.account(account))?;
    Ok(body)
}

fn version_of(world: &mut World, account: &str, asked: &Asked) -> Result<ApiVersion, StripeError> {
    let Some(name) = &asked.version else {
        return Ok(world.account(account).api_version.clone());
    };
    ApiVersion::parse(name).ok_or_else(|| {
        StripeError::invalid(&format!("Invalid Stripe API version: {name}")).param("Stripe-Version")
    })
}

fn seen(asked: &Asked, reply: &Reply) -> SeenRequest {
    SeenRequest {
        method: asked.method.clone(),
        path: asked.path.clone(),
        params: asked.given.clone(),
        idempotency_key: asked.idempotency_key.clone(),
        api_version: asked.version.clone(),
        status: reply.status.as_u16(),
    }
}

fn respond(asked: &Asked, reply: &Reply) -> Response {
    let mut response = Response::new(Body::from(layout::print(&reply.body)));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let mut add = |name: &'static str, value: Option<&String>| {
        let value = value.and_then(|value| HeaderValue::from_str(value).ok());
        if let Some(value) = value {
            headers.insert(name, value);
        }
    };
    add("request-id", Some(&asked.request_id));
    add("idempotency-key", asked.idempotency_key.as_ref());
    add("stripe-version", asked.version.as_ref());
    if reply.replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// A response whose body breaks off, so that the client sees a lost connection.
fn broken() -> Response {
    let error = std::io::Error::other("the answer is lost on purpose");
    let parts = futures::stream::once(std::future::ready(Err::<Bytes, _>(error)));
    Response::new(Body::from_stream(parts))
}
