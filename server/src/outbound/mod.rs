//! The adapters: what the engine's ports are in the real world.

pub mod clock;
pub mod entropy;
pub mod master_key;
pub mod smtp;
pub mod stripe;
