//! The resources of the API, a file each.
#![expect(
    clippy::unnecessary_wraps,
    reason = "all actions of the API have one signature, also those that never refuse"
)]

pub(crate) mod account;
pub(crate) mod charges;
pub(crate) mod checkout_sessions;
pub(crate) mod customers;
pub(crate) mod events;
pub(crate) mod payment_intents;
pub(crate) mod payment_methods;
pub(crate) mod payment_pages;
pub(crate) mod prices;
pub(crate) mod products;
pub(crate) mod refunds;
pub(crate) mod session_lines;
pub(crate) mod session_shape;
pub(crate) mod webhook_endpoints;
