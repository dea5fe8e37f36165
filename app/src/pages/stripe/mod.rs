//! Stripe Apps and Events: the accounts that may issue keys, and everything Stripe told us.

mod app;
mod app_form;
mod event;
mod log;
mod overview;

pub use app::{AppPage, NewAppPage};
pub use event::EventPage;
pub use overview::StripePage;
