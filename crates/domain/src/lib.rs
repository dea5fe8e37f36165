//! The rules of licensing: pure, no I/O, no clock, no randomness.
//!
//! Invariant: nothing here waits, opens or ticks. Time, random bytes and ids come
//! in as arguments, so every rule is a table in a test; the crate builds for the
//! server and for the browser alike.

pub mod activation_key;
pub mod email_address;
pub mod field_error;
pub mod folding;
pub mod fulfilment;
pub mod ids;
pub mod license_term;
pub mod money;
pub mod permission;
pub mod purchase;
pub mod role;
pub mod stripe_event;
pub mod stripe_signature;
pub mod timestamp;
pub mod words;
