//! The face behind its routes: every page rendered by Leptos, every form answered by a server function.

use app::flash::FORM_HEADER;
use app::ssr::{ClientAddress, SentForm, SetUpCode, announce_part, keep_first_redirect};
use app::{App, UiError, shell};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, ResponseOptions, generate_route_list};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::state::ServerState;

/// The largest form: a product with its template.
const LONGEST_FORM: usize = 256 * 1024;
/// Where Stripe's hosted checkout page is.
const STRIPE_CHECKOUT: &str = "https://checkout.stripe.com";

/// Every page's route, found out once in a process. While Leptos finds them out, no resource of the process
/// loads: a page that another server here is rendering at that moment would never come.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The patterns of all pages' addresses, such as `/plans/{id}`.
pub fn addresses() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(AxumRouteListing::path)
}

/// Pages, forms, and the page for whatever is not there.
pub fn routes(state: &ServerState) -> Router<ServerState> {
    let pages = PAGES.clone();
    let context = context(state);
    let document = document(state);
    // Leptos gives each server function a route of its own: what guards them stands below it.
    Router::new()
        .route("/ui/{*function}", any(answer_form))
        .leptos_routes_with_context(state, pages, context, document)
        .layer(middleware::map_response(say_status))
        .layer(middleware::from_fn(keep_form))
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(RequestBodyLimitLayer::new(LONGEST_FORM))
        .layer(same_site(state.engine.public_url()))
        .layer(middleware::from_fn(name_client))
}

/// Lets no other site's page send a form. The public URL is ours also where a proxy names another host.
fn same_site(public_url: &str) -> CsrfLayer {
    let layer = CsrfLayer::new();
    layer
        .clone()
        .add_trusted_origin(public_url)
        .unwrap_or(layer)
}

/// The answer to an address that no route has.
pub async fn not_found(State(state): State<ServerState>, request: Request) -> Response {
    let page = leptos_axum::render_app_async_with_context(context(&state), document(&state));
    let mut response = page(request).await.into_response();
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// What Leptos knows no server function for.
async fn answer_form(State(state): State<ServerState>, request: Request) -> Response {
    let answer = leptos_axum::handle_server_fns_with_context(context(&state), request).await;
    answer.into_response()
}

/// Gives a refusal the status that its body names. Leptos answers all by 500, and what it could not read
/// never reaches our own functions.
async fn say_status(answer: Response) -> Response {
    let is_fault = answer.status() == StatusCode::INTERNAL_SERVER_ERROR;
    if !is_fault || !answer.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST_FORM).await else {
        return parts.into_response();
    };
    let refusal = serde_json::from_slice::<UiError>(&bytes);
    if let Some(status) = refusal
        .ok()
        .and_then(|r| StatusCode::from_u16(r.status()).ok())
    {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn document(state: &ServerState) -> impl Fn() -> AnyPage + Clone + Send + Sync + 'static + use<> {
    let addresses = state.site.addresses();
    move || leptos::prelude::IntoAny::into_any(shell(&addresses))
}

type AnyPage = leptos::prelude::AnyView;

/// What server functions find in their context, and the headers that only a rendered page can know.
fn context(state: &ServerState) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let engine = state.engine.clone();
    let code = state.setup_code.clone();
    let checkout = state.checkout_origin.clone();
    let addresses = state.site.addresses();
    move || {
        announce_part(Arc::clone(&addresses));
        provide_context(engine.clone());
        if let Some(code) = &code {
            provide_context(SetUpCode((**code).clone()));
        }
        keep_first_redirect();
        protect(checkout.as_deref());
    }
}

/// A policy that lets the page load nothing but our own files, and submit forms only here and to
/// the checkout page (a form that redirects there is blocked otherwise).
fn protect(checkout: Option<&str>) {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else {
        return;
    };
    let checkout = checkout.unwrap_or(STRIPE_CHECKOUT);
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' {checkout}"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        response.insert_header(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

/// Lets server functions see a form as it was sent: whoever is not signed in any more finds it again.
async fn keep_form(request: Request, next: Next) -> Response {
    if !is_form(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST_FORM).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    parts.extensions.insert(SentForm(bytes.clone()));
    next.run(Request::from_parts(parts, Body::from(bytes)))
        .await
}

/// True for what a person sent, with a script or without, and not for a page that asks for its data.
fn is_form(request: &Request) -> bool {
    let headers = request.headers();
    let accept = headers.get(header::ACCEPT).map(HeaderValue::as_bytes);
    let wants_page =
        accept.is_some_and(|accept| String::from_utf8_lossy(accept).contains("text/html"));
    request.method() == Method::POST && (wants_page || headers.contains_key(FORM_HEADER))
}

/// Tells server functions where a request comes from.
async fn name_client(mut request: Request, next: Next) -> Response {
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|c| c.0.ip());
    if let Some(address) = address {
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}
