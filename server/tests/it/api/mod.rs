//! The JSON API, seen only from outside.

mod bodies;
mod callers;
mod description;
mod licenses;
mod mails;
mod orders;
mod products;
mod stage;
mod stripe;
mod tenants;
mod tokens;
