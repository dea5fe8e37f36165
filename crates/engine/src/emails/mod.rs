//! Mail text: templates of the products, rendered strictly and with bounded effort.

mod calculation;
pub(crate) mod compose;
pub mod template;
