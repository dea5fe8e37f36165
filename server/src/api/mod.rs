//! The JSON API: one file per area, each with its routes, its public JSON and its handlers.
//!
//! A handler reads aloud: who calls ([`caller::Caller`]), what is wanted, one action of the engine,
//! the answer. Public JSON is written by hand here, never a type of the rules; statuses of refusals
//! are named in [`error`] alone. Idempotent repeats are in [`creating`].

pub mod body;
pub mod caller;
mod checkout;
pub mod creating;
mod crypto;
mod dashboard;
mod device;
mod device_list;
pub mod error;
mod generate;
mod input;
mod license;
mod license_activation;
mod license_devices;
mod license_export;
mod license_history;
mod license_search;
mod license_state;
mod license_update;
mod license_validation;
mod mail;
mod new_things;
pub mod openapi;
mod order;
mod plan;
mod product;
mod product_mail;
mod refusals;
mod review;
mod routes;
mod settings;
mod stripe_app;
mod stripe_event;
mod tenant_key;
mod ticket;
mod token;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::from_fn_with_state;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::middleware::rate_limit;
use crate::state::ServerState;
use error::ApiError;
use routes::Routes;

/// All routes of the JSON API, with and without a trailing slash.
pub fn routes(state: &ServerState) -> Router<ServerState> {
    let no_store = HeaderValue::from_static("no-store");
    // One layer of several parts: each layer of a router is one more thing to clone for every call.
    all().into_router().route_layer((
        SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, no_store),
        DefaultBodyLimit::max(body::BODY_MAX),
        from_fn_with_state(state.clone(), rate_limit::limit),
    ))
}

/// The paths of these routes, each without a trailing slash.
pub fn paths() -> Vec<&'static str> {
    all().into_paths()
}

fn all() -> Routes {
    Routes::default()
        .merge(plan::routes())
        .merge(license::routes())
        .merge(license_activation::routes())
        .merge(license_validation::routes())
        .merge(license_state::routes())
        .merge(license_update::routes())
        .merge(license_history::routes())
        .merge(license_devices::routes())
        .merge(license_export::routes())
        .merge(device::routes())
        .merge(device_list::routes())
        .merge(crypto::routes())
        .merge(ticket::routes())
        .merge(generate::routes())
        .merge(stripe_app::routes())
        .merge(stripe_event::routes())
        .merge(checkout::routes())
        .merge(review::routes())
        .merge(order::routes())
        .merge(mail::routes())
        .merge(token::routes())
        .merge(tenant_key::routes())
        .merge(dashboard::routes())
        .merge(settings::routes())
        .merge(openapi::routes())
        .merge(product::routes())
        .merge(product_mail::routes())
}

/// The answer to a method that an address does not take.
pub async fn wrong_method() -> ApiError {
    ApiError::method_not_allowed()
}
