//! The pages, a folder or file each. Pages never import each other;
//! `frame` stands around them, `load` brings their data, `live` brings it anew, `words` says the tone of a state,
//! `filters` and `snippets` are parts of several, and `license_table`, `mail_table` and `history` what several of them show.

pub mod access_tokens;
pub mod account;
pub mod activity;
pub mod audit_log;
pub mod dashboard;
mod filters;
pub mod frame;
pub mod help;
mod history;
pub mod invitation;
mod license_table;
pub mod licenses;
mod live;
pub mod load;
mod mail_table;
pub mod not_found;
pub mod order;
pub mod outbox;
pub mod palette;
pub mod people;
pub mod plans;
pub mod products;
pub mod review;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod sign_in_code;
mod snippets;
pub mod stripe;
pub mod success;
pub mod tenant_keys;
pub mod test_purchase;
pub mod tickets;
mod words;
