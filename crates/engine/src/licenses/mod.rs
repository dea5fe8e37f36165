//! Licences as admins see them: lists, one of them, its history, and generating new ones.

pub mod find;
pub mod generate;
pub mod history;
pub mod list;
pub(crate) mod view;

pub use view::LicenseView;
