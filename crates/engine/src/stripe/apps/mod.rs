//! Stripe apps: an account's keys and signing secrets, as admins see and change them.

pub mod archive;
pub mod check_key;
pub mod list;
pub mod save;
mod view;

pub use view::AppView;
