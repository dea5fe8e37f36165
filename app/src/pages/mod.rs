//! The pages, a folder or file each. Pages never import each other;
//! `frame` stands around them, `load` brings their data, `words` says the tone of a state,
//! `license_table` is the table that two of them show.

pub mod access_tokens;
pub mod audit_log;
pub mod dashboard;
pub mod frame;
pub mod help;
mod license_table;
pub mod licenses;
pub mod load;
pub mod not_found;
pub mod outbox;
pub mod plans;
pub mod products;
pub mod review;
pub mod set_up;
pub mod sign_in;
pub mod stripe;
pub mod success;
pub mod tenant_keys;
pub mod test_purchase;
mod words;
