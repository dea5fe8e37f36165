//! Stripe's API under /v1: reads the request as Stripe does, finds the route, answers in its words.

pub(crate) mod auth;
pub(crate) mod call;
pub(crate) mod door;
pub(crate) mod error;
pub(crate) mod expand;
pub(crate) mod form;
mod idempotency;
pub(crate) mod list;
pub(crate) mod resources;
pub(crate) mod routes;
pub(crate) mod schema;
pub(crate) mod version;
