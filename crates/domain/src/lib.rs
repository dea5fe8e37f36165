//! The rules of licensing: pure, no I/O, no clock, no randomness.
//!
//! Invariant: nothing here waits, opens or ticks. Time, random bytes and ids come
//! in as arguments, so every rule is a table in a test; the crate builds for the
//! server and for the browser alike.

pub mod access_token;
pub mod activation;
pub mod activation_key;
mod crockford;
pub mod csv;
pub mod deactivation;
pub mod device_state;
pub mod email_address;
pub mod event_log;
pub mod extension;
pub mod features;
pub mod field_error;
pub mod folding;
mod form;
pub mod fulfilment;
pub mod given_key;
pub mod hardware_id;
pub mod ids;
pub mod license_facts;
pub mod license_form;
pub mod license_list_form;
pub mod license_order;
pub mod license_state;
pub mod license_term;
pub mod license_update_form;
pub mod list_order;
pub mod list_state;
pub mod mail_server;
pub mod mail_state;
pub mod money;
pub mod offline_code;
pub mod order;
pub mod paging;
pub mod permission;
pub mod person;
pub mod plan;
pub mod product;
mod product_form;
pub mod program_form;
pub mod purchase;
pub mod resend_form;
mod review_reason;
pub mod role;
pub mod seats;
pub mod settings_form;
pub mod signing_key_form;
pub mod stripe_app;
pub mod stripe_app_status;
pub mod stripe_app_view;
pub mod stripe_event;
mod stripe_key;
pub mod stripe_payload;
pub mod stripe_signature;
pub mod template;
pub mod ticket_form;
pub mod ticket_state;
pub mod timestamp;
pub mod trial;
pub mod trial_form;
pub mod validation;
mod validation_code;
pub mod version;
pub mod words;
