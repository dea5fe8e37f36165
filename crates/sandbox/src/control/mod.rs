//! The sandbox's own controls: what a test does that no customer of Stripe could.

pub mod actions;
pub(crate) mod routes;
