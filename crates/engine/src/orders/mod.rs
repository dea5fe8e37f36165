//! Orders: where the facts of a payment meet and become licences, once.

pub mod checkout;
pub(crate) mod facts;
pub mod find;
pub(crate) mod fulfil;
pub mod give_address;
pub(crate) mod issue;
pub(crate) mod purchase_mail;
pub mod review;
pub mod review_list;
pub mod success;
pub(crate) mod work;
