//! Stripe: taking events in, the apps and their secrets, the log, replay and diagnostics.

pub mod deliveries;
pub(crate) mod process_event;
pub mod receive_event;
pub(crate) mod secrets;
