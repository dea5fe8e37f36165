//! Taking the list of keys along, for routes that are no page.

use engine::accounts::session;
use engine::licenses::export::{self, Export};
use engine::{Engine, Error};
use http::HeaderMap;
use secrecy::ExposeSecret as _;

use super::cookie::session_token_in;
use super::licenses::license_query;
use crate::api::licenses::LicenseSearch;

/// Begins an export of the keys that the page lists for whoever is signed in; `None` where nobody is.
pub async fn export_licenses(
    engine: &Engine,
    headers: &HeaderMap,
    search: LicenseSearch,
) -> Result<Option<Export>, Error> {
    let Some(token) = session_token_in(engine, headers) else {
        return Ok(None);
    };
    let Some(who) = session::authenticate(engine, token.expose_secret()).await? else {
        return Ok(None);
    };
    let query = license_query(who.session.livemode, search)?;
    export::begin(engine, &who.actor, &query).await.map(Some)
}
