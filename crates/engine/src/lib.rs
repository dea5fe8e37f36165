//! The actions: one file per thing that a person or a machine can ask for.
//!
//! An action checks its [`Actor`] first, opens one transaction, writes what
//! happened to the change log in it, and never sends mail or calls Stripe
//! inside it: it enqueues. Time, chance, Stripe and the mail server come in
//! through [`ports`]; deliberately absent are HTTP, SQL and HTML.

pub mod accounts;
pub mod actor;
pub mod audit;
mod change;
pub mod crypto;
pub mod dashboard;
pub mod devices;
pub mod emails;
mod engine;
pub mod error;
pub mod flash;
pub mod guide;
pub mod health;
pub mod housekeeping;
pub mod idempotency;
pub mod jobs;
pub mod keys;
pub mod licenses;
pub mod live;
pub mod mails;
pub mod monitor;
pub mod named;
pub mod orders;
pub mod page;
pub mod people;
pub mod plans;
pub mod ports;
pub mod products;
pub mod settings;
mod start_over;
pub mod stripe;
pub mod tenants;
pub mod tickets;
pub mod tokens;

pub use actor::Actor;
pub use engine::{Engine, Parts};
pub use error::{Error, Result};
