//! The face: Leptos pages and thin server functions.
//!
//! `shell` is the document, `routes` the list of pages, `pages` one folder or file a page,
//! `ui` the dumb parts, `api` the server functions (a file a feature).
//! Deliberately absent: rules (they are in `domain`), SQL, and every word of the store.
//! Invariant: `cfg(feature = "ssr")` stands in this file and nowhere else.

pub mod api;
pub mod clock;
pub mod error;
pub mod flash;
pub mod form_texts;
pub mod format;
pub mod pages;
pub mod parts;
pub mod routes;
pub mod secret;
pub mod sent;
pub mod shell;
pub mod ui;
pub mod zone;

#[cfg(feature = "ssr")]
pub mod ssr;

pub use error::UiError;
pub use routes::App;
pub use shell::{Assets, shell};
