//! The sandbox's own controls: what a test does that no customer of Stripe could.

pub(crate) mod actions;
pub mod requests;
pub(crate) mod routes;
