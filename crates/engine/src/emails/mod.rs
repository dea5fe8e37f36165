//! Mail text: templates of the products, rendered strictly and with bounded effort.

pub(crate) mod compose;
pub mod template;
