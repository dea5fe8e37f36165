//! The rules of licensing: pure, no I/O, no clock, no randomness.
//!
//! Invariant: nothing here waits, opens or ticks. Time, random bytes and ids come
//! in as arguments, so every rule is a table in a test; the crate builds for the
//! server and for the browser alike.

pub mod field_error;
pub mod folding;
pub mod ids;
pub mod money;
pub mod permission;
pub mod role;
pub mod timestamp;
pub mod words;
