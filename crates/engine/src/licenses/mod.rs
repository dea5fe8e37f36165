//! Licences: as programs in the field ask about them, and as admins see and change them.

pub mod activate;
pub mod deactivate;
pub mod deactivate_device;
pub mod devices;
pub mod export;
pub mod extend;
pub mod find;
pub mod generate;
mod given;
pub mod history;
pub mod hold;
pub mod list;
pub(crate) mod lookup;
pub mod offline_code;
mod ordered;
pub mod resend;
pub(crate) mod seat;
pub mod update;
pub mod usage;
pub mod validate;
pub(crate) mod view;

pub use view::LicenseView;
