//! The pages, a folder or file each. Pages never import each other;
//! `frame` stands around them, `load` brings their data, `live` brings it anew, `words` says the tone of a state,
//! `license_table`, `mail_table` and `history` are what several of them show.

pub mod access_tokens;
pub mod activity;
pub mod audit_log;
pub mod dashboard;
mod filters;
pub mod frame;
pub mod help;
mod history;
mod license_table;
pub mod licenses;
mod live;
pub mod load;
mod mail_table;
mod snippets;
pub mod not_found;
pub mod order;
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
pub mod tickets;
mod words;
