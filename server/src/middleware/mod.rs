//! Layers around routes.

pub mod access_log;
pub mod client_address;
pub mod deadline;
pub mod rate_limit;
