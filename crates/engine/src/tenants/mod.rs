//! Tenants: who sells. Created at the server's own machine or by the set-up page, never by a tenant.

pub mod create;
pub mod list;
