//! Reading the change log. It is written by the actions themselves, each in its own transaction.

pub mod list;
mod view;

pub use view::ChangeView;
pub(crate) use view::{of as view_of, of_subject};
