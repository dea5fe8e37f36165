//! What server functions use on the server: the engine, who asks, the reply, the cookie.
//!
//! Invariant: nothing of this is compiled for the browser.

mod access_tokens;
mod cookie;
mod door;
mod refusal;
mod reply;
mod request;
mod session;
mod stripe_apps;

pub use access_tokens::{access_tokens, end_access_token, make_access_token};
pub use cookie::{end_session, keep_new_token, never_store, take_new_token};
pub use door::{SetUpCode, make_first_person, open_session};
pub use refusal::{missing, refuse};
pub use reply::{NOTHING, Next, reply, take_flash};
pub use request::{Client, ClientAddress, client, safe_path};
pub use session::{SignedIn, engine, session_token, signed_in};
pub use stripe_apps::{
    app_detail, app_page, archive_stripe_app, check_stripe_app, save_stripe_app,
};
