//! License keys: the list with its search, and one key.

mod detail;
mod list;

pub use detail::LicensePage;
pub use list::LicensesPage;
