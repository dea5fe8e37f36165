//! Mail text: templates of the products, rendered strictly and with bounded effort.

pub(crate) mod compose;
mod multiplication;
pub mod template;
