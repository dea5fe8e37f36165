//! Stripe: taking events in, the apps and their secrets, the log, replay and diagnostics.

pub mod apps;
pub mod deliveries;
pub mod event_list;
pub mod events;
pub mod look_up;
pub(crate) mod process_event;
pub mod receive_event;
pub mod replay;
pub(crate) mod secrets;
