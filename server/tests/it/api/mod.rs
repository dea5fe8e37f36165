//! The JSON API, seen only from outside.

mod bodies;
mod callers;
mod described;
mod description;
mod devices;
mod expiry;
mod export;
mod features;
mod hostile;
mod inactive;
mod license_update;
mod licenses;
mod mails;
mod matrix;
mod offline;
mod orders;
mod products;
mod programs;
mod repeats;
mod settings;
mod shapes;
pub mod stage;
mod stripe;
mod tenants;
mod tickets;
mod tokens;
