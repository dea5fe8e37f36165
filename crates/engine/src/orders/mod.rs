//! Orders: where the facts of a payment meet and become licences, once.

pub mod checkout;
pub(crate) mod facts;
pub(crate) mod fulfil;
pub(crate) mod issue;
pub(crate) mod purchase_mail;
pub mod review;
pub mod success;
