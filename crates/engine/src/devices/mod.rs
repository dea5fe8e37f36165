//! Devices that programs run on: their first contact, when they were seen, what they were part of, and what
//! people make of their trials.

pub mod change_trial;
pub mod find;
pub(crate) mod first_contact;
pub mod history;
pub mod known;
pub mod list;
pub(crate) mod newcomers;
pub mod sightings;
mod view;

pub use view::DeviceView;
