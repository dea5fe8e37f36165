//! License Activity: the devices that programs run on, and one of them with its trial.

mod detail;
mod list;

pub use detail::DevicePage;
pub use list::ActivityPage;
