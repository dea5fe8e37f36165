//! A Stripe you can run at home, with a mailbox beside it; never linked into the product.
//!
//! [`Sandbox::start`] opens both on loopback ports. What a test wants of it is a method of
//! [`Sandbox`]; the same controls answer JSON under `/_sandbox/` for other processes.

// Stripe's objects have many fields, and `json!` recurses once for each.
#![recursion_limit = "256"]

mod account;
mod checkout;
mod clock;
mod control;
mod faults;
mod html;
mod inner;
mod mailbox;
mod options;
mod sandbox;
mod state_file;
mod stripe;
mod tools;
mod webhooks;
mod world;

pub use checkout::pay::{Buyer, Outcome, PayRefusal};
pub use clock::{Clock, Dice};
pub use control::requests::{Endpoint, EventRequest, MadeEvent, NewEndpoint, Send};
pub use faults::{ApiFaults, Faults, MailFaults, WebhookFaults};
pub use mailbox::Mail;
pub use options::{LIVE_RETRIES, Options, TEST_RETRIES};
pub use sandbox::Sandbox;
pub use stripe::version::{NEWEST, OLD};
pub use webhooks::delivery::{Attempt, Delivery, DeliveryState};
pub use webhooks::signing::signature_header;
pub use world::SeenRequest;
