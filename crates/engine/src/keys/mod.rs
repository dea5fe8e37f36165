//! Keys and sealing: master key → tenant key → data keys → sealed values.
//!
//! The master key wraps the installation key and every tenant's key; the active
//! tenant key wraps the tenant's data keys; only data keys seal values. So a new
//! tenant key re-wraps three rows, and nothing has to be typed or sealed again.

pub mod activate_tenant_key;
pub mod data_keys;
pub mod installation;
pub mod list_tenant_keys;
pub mod master_key;
pub mod master_key_home;
pub mod rotate_master_key;
pub mod seal;
