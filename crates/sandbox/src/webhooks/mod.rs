//! Events and their way to the endpoints: signed, timed out, retried.

pub(crate) mod delivery;
pub(crate) mod event;
pub(crate) mod layout;
mod queue;
pub(crate) mod sender;
pub mod signing;
