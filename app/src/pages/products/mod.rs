//! Products: the list, and one with its mail.

mod edit;
mod facts;
mod list;
mod mail;

pub use edit::{NewProductPage, ProductPage};
pub use list::ProductsPage;
