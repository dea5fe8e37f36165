//! Layers around routes.

pub mod access_log;
