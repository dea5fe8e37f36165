//! The checkout: its hosted page, and what paying does.

pub(crate) mod page;
pub mod pay;
pub(crate) mod settle;
