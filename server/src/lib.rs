//! The door.

pub mod assets;
