//! Licences: as programs in the field ask about them, and as admins see and change them.

pub mod activate;
pub mod deactivate;
pub mod find;
pub mod generate;
pub mod history;
pub mod list;
pub(crate) mod lookup;
pub(crate) mod seat;
pub mod usage;
pub mod validate;
pub(crate) mod view;

pub use view::LicenseView;
