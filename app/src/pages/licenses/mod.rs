//! License keys: the list with its search, one key and what people do with it, and new ones.

mod acts;
mod detail;
mod devices;
mod list;
mod new;

pub use detail::LicensePage;
pub use list::LicensesPage;
pub use new::NewLicensePage;
