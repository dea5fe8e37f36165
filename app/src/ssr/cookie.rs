//! Headers of answers. The session's cookie is `HttpOnly`, `SameSite=Lax`, and Secure where the
//! site is reached by TLS.

use engine::Engine;
use engine::accounts::change_password::Renewed;
use engine::accounts::sign_in::{CodeWanted, NewlySignedIn};
use http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use secrecy::{ExposeSecret as _, SecretString};

use super::request::header;
use super::session::engine;
use crate::error::UiError;

const SESSION: &str = "exisone";
/// Between password and code.
const CODE_STEP: &str = "exisone-code";
/// By which a browser that signed in before is known at the door.
const BROWSER: &str = "exisone-browser";
/// Which flash was left by whoever was not signed in any more.
const LEFT: &str = "exisone-left";
const NEW_CODES: &str = "exisone-new-codes";
const NEW_TOKEN: &str = "exisone-new-token";
/// How long a new access token waits for its page.
const NEW_TOKEN_SECONDS: i64 = 60;
/// How long a flash waits.
const LEFT_SECONDS: i64 = 600;

/// Hands the browser its session.
pub(super) fn start_session(engine: &Engine, opened: &NewlySignedIn) {
    let seconds = opened.expires_at.unix_seconds() - engine.now().unix_seconds();
    set(engine, SESSION, (opened.token.expose_secret(), seconds));
    set(engine, CODE_STEP, ("", 0));
    let known = opened.browser_pass_ends_at.unix_seconds() - engine.now().unix_seconds();
    set(
        engine,
        BROWSER,
        (opened.browser_pass.expose_secret(), known),
    );
}

/// Hands the browser the token under which its session goes on.
pub(super) fn renew_session(engine: &Engine, renewed: &Renewed) {
    let seconds = renewed.expires_at.unix_seconds() - engine.now().unix_seconds();
    set(engine, SESSION, (renewed.token.expose_secret(), seconds));
}

/// Hands the browser the way to the second step.
pub(super) fn start_code_step(engine: &Engine, wanted: &CodeWanted) {
    let seconds = wanted.expires_at.unix_seconds() - engine.now().unix_seconds();
    set(engine, CODE_STEP, (wanted.pass.expose_secret(), seconds));
}

/// The way to the second step as the browser sent it.
pub(super) fn code_step_cookie(engine: &Engine) -> Option<SecretString> {
    get(engine, CODE_STEP)
}

/// What the browser was given when it last signed in.
pub(super) fn browser_cookie(engine: &Engine) -> Option<SecretString> {
    get(engine, BROWSER)
}

/// Lets new recovery codes wait in the browser, and nowhere else, for the page that shows them once.
pub(super) fn keep_new_codes(engine: &Engine, codes: &[SecretString]) {
    let all: Vec<_> = codes
        .iter()
        .map(secrecy::ExposeSecret::expose_secret)
        .collect();
    set(engine, NEW_CODES, (&all.join("."), NEW_TOKEN_SECONDS));
}

/// The new recovery codes, which are gone from the browser after this answer; none otherwise.
pub(super) fn take_new_codes(engine: &Engine) -> Vec<String> {
    let Some(codes) = get(engine, NEW_CODES) else {
        return Vec::new();
    };
    set(engine, NEW_CODES, ("", 0));
    never_store();
    codes
        .expose_secret()
        .split('.')
        .map(str::to_owned)
        .collect()
}

/// Lets this browser alone take the flash with this id.
pub(super) fn keep_left(engine: &Engine, id: &str) {
    set(engine, LEFT, (id, LEFT_SECONDS));
}

/// True where this browser left the flash with this id; no further one is taken by that.
pub(super) fn take_left(engine: &Engine, id: &str) -> bool {
    let left = get(engine, LEFT);
    let is_ours = left.is_some_and(|left| left.expose_secret() == id);
    if is_ours {
        set(engine, LEFT, ("", 0));
    }
    is_ours
}

/// Takes it back.
pub fn end_session() -> Result<(), UiError> {
    set(&engine()?, SESSION, ("", 0));
    Ok(())
}

/// The session's token as the browser sent it.
pub(super) fn session_cookie(engine: &Engine) -> Option<SecretString> {
    get(engine, SESSION)
}

/// Lets a new access token wait in the browser, and nowhere else, for the page that shows it once.
pub fn keep_new_token(engine: &Engine, token: &SecretString) {
    set(
        engine,
        NEW_TOKEN,
        (token.expose_secret(), NEW_TOKEN_SECONDS),
    );
}

/// The new access token, which is gone from the browser after this answer.
pub fn take_new_token(engine: &Engine) -> Option<String> {
    let token = get(engine, NEW_TOKEN)?;
    set(engine, NEW_TOKEN, ("", 0));
    never_store();
    Some(token.expose_secret().to_owned())
}

/// Keeps the answer out of caches and search engines: keys stand in it.
pub fn never_store() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.insert_header(
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex, nofollow"),
        );
    }
}

fn set(engine: &Engine, name: &str, (value, max_age): (&str, i64)) {
    let secure = if is_secure(engine) { "; Secure" } else { "" };
    let name = full_name(engine, name);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    let mut header = HeaderValue::from_str(&text).expect("tokens are made of header characters");
    header.set_sensitive(true);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(SET_COOKIE, header);
    }
}

/// The session's token among a request's headers, for routes that are no page.
pub fn session_token_in(engine: &Engine, headers: &HeaderMap) -> Option<SecretString> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    find(cookies, &full_name(engine, SESSION)).map(SecretString::from)
}

fn get(engine: &Engine, name: &str) -> Option<SecretString> {
    let parts = use_context::<Parts>()?;
    let cookies = header(&parts, &COOKIE).unwrap_or_default();
    find(cookies, &full_name(engine, name)).map(SecretString::from)
}

/// The prefix makes browsers insist on Secure, path `/` and no domain (RFC 6265bis).
fn full_name(engine: &Engine, name: &str) -> String {
    let prefix = if is_secure(engine) { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

fn is_secure(engine: &Engine) -> bool {
    engine.public_url().starts_with("https://")
}

fn find<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_by_its_whole_name() {
        let cookies = "theme=dark; not-exisone=a; exisone=token ; x";
        assert_eq!(find(cookies, "exisone"), Some("token"));
        assert_eq!(find("exisone=", "exisone"), None);
        assert_eq!(find("", "exisone"), None);
    }
}
