//! Devices that programs run on: their first contact, when they were seen, what they were part of.

pub(crate) mod first_contact;
pub mod history;
pub mod known;
pub(crate) mod newcomers;
pub mod sightings;
