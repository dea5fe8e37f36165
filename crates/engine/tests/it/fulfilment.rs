//! From a delivery of Stripe's to keys and one mail: who is believed, and that nothing happens twice.

mod details;
mod exactly_once;
mod fixture;
mod flood;
mod judgement;
mod key_change;
mod log_pages;
mod look_up;
mod mail;
mod our_faults;
mod own_checkout;
mod payment_intent;
mod races;
mod replay;
mod secrecy;
mod signatures;
mod strangers;
