//! The sandbox, seen only from outside: over HTTP, SMTP and its handle.

mod api;
mod async_stripe_client;
mod checkout;
mod controls;
mod house;
mod mailbox;
mod old_shape;
mod process;
mod webhooks;
