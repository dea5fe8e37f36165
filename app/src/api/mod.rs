//! Server functions, a file a feature: who asks, one engine call, the reply.
//!
//! Server functions are public endpoints: each asks for its actor. Types here are what
//! crosses the wire; no `usize` does.

#![expect(
    missing_docs,
    reason = "the server macro makes public fields of a function's arguments, which the function's own line explains"
)]

use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

pub mod access_tokens;
pub mod account;
pub mod activity;
pub mod changes;
pub mod dashboard;
pub mod guide;
pub mod license_acts;
pub mod licenses;
pub mod mails;
pub mod orders;
pub mod palette;
pub mod people;
pub mod plans;
pub mod products;
pub mod purchases;
pub mod review;
pub mod session;
pub mod set_up;
pub mod settings;
pub mod stripe_apps;
pub mod stripe_events;
pub mod tenant_keys;
pub mod tickets;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// What the address of the next page says as `after`, if there is one.
    pub next: Option<String>,
    /// The server's clock.
    pub now: Timestamp,
}

/// What to look for in a list of things that have a name; empty texts do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NamedSearch {
    /// How the name begins.
    pub find: String,
    /// Word of a state.
    pub state: String,
    /// Word of an order; empty for the list's own.
    pub sort: String,
    /// Where the page begins.
    pub after: Option<String>,
}
