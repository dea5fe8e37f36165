//! The memory: the only crate that says sqlx. One file per table; SQL in
//! constants that mean the same on SQLite and PostgreSQL.
//!
//! Invariant: every statement that touches a tenant's row names the tenant in
//! its `where`. There is no unscoped finder, except where the row is how a
//! tenant is found at all (a token, a session, a webhook's public id).

pub mod access_tokens;
pub mod activations;
pub mod arrivals;
pub mod change_feed;
pub mod change_search;
pub mod changes;
mod conn;
pub mod daily;
mod db;
pub mod device_list;
pub mod devices;
mod error;
pub mod event_log;
pub mod flash;
pub mod holds;
pub mod idempotency_keys;
pub mod installation;
pub mod invitations;
pub mod jobs;
mod license_desk;
pub mod license_devices;
pub mod license_list;
pub mod license_lookups;
pub mod license_order;
pub mod licenses;
mod log_order;
pub mod mail_servers;
pub mod mails;
pub mod memberships;
mod migrate;
pub mod monitor;
pub mod named;
pub mod news;
pub mod offline_codes;
pub mod orders;
pub mod payments;
pub mod people;
pub mod plans;
pub mod products;
#[cfg(test)]
mod query_plans;
pub mod review_list;
pub mod second_factors;
pub mod sessions;
pub mod signing_keys;
pub mod stripe_apps;
pub mod stripe_deliveries;
pub mod stripe_events;
pub mod tenant_keys;
pub mod tenants;
pub mod tickets;
mod write;
mod writer;

pub use conn::{Conn, Tx};
pub use db::Db;
pub use error::{Result, StoreError};
