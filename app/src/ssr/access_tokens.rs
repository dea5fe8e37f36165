//! Access tokens between the engine and their page.

use domain::ids::AccessTokenId;
use domain::permission::{Permission, Permissions};
use domain::timestamp::Timestamp;
use engine::Error;
use engine::page::PAGE_SIZE;
use engine::tokens::create::NewToken;
use engine::tokens::list::{TokenQuery, TokenView};
use engine::tokens::{create, list, rename, revoke};

use super::changes::history_of_kinds;
use super::cookie::{keep_new_token, take_new_token};
use super::licenses::place;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::NamedSearch;
use crate::api::access_tokens::{AccessTokenForm, AccessTokenRow, AccessTokens};
use crate::secret::SecretText;

/// A page of tokens, and the one that was just made.
pub async fn access_tokens(who: &SignedIn, search: NamedSearch) -> Result<AccessTokens, Error> {
    let query = TokenQuery {
        // A word that is no state or order changes nothing: the address was typed by hand.
        state: search.state.parse().ok(),
        search: search.find,
        order: search.sort.parse().unwrap_or_default(),
        after: place(search.after.as_deref())?,
        limit: PAGE_SIZE,
    };
    let page = list::page(&who.engine, &who.actor, &query).await?;
    Ok(AccessTokens {
        tokens: page.items.into_iter().map(row).collect(),
        next: page.after.map(|place| place.to_string()),
        history: history_of_kinds(who, &["access_token"], |_| None).await?,
        new_token: take_new_token(&who.engine).map(SecretText),
        may_manage: who.actor.may(Permission::Manage).is_ok(),
        now: who.engine.now(),
    })
}

fn row(token: TokenView) -> AccessTokenRow {
    AccessTokenRow {
        id: token.id,
        name: token.name,
        begins_with: token.begins_with,
        permissions: token.permissions.to_string(),
        created_at: token.created_at,
        last_used_at: token.last_used_at,
        expires_at: token.expires_at,
        revoked_at: token.revoked_at,
    }
}

/// Makes a token, which waits in the browser for the page that shows it.
pub async fn make_access_token(who: &SignedIn, form: &AccessTokenForm) -> Result<Next, Error> {
    let expires_at = match form.expires_at.trim() {
        "" => None,
        text => Some(end_of(text)?),
    };
    let new = NewToken {
        name: form.name.clone(),
        permissions: permissions(form)?,
        expires_at,
    };
    let created = create::execute(&who.engine, &who.actor, &new).await?;
    keep_new_token(&who.engine, &created.token);
    // The page itself shows the token and says what to do.
    Ok(Next::stay(""))
}

fn permissions(form: &AccessTokenForm) -> Result<Permissions, Error> {
    let text = form.permissions();
    if text.is_empty() {
        return Ok(Permissions::NONE);
    }
    text.parse()
        .map_err(|_| Error::field("permissions", "Choose at least one permission."))
}

fn end_of(text: &str) -> Result<Timestamp, Error> {
    let day = Timestamp::parse_date(text);
    day.map(Timestamp::end_of_day)
        .ok_or_else(|| Error::field("expiresAt", "Write a day like 2027-01-31, or nothing."))
}

/// Ends a token.
pub async fn end_access_token(who: &SignedIn, id: &str) -> Result<Next, Error> {
    revoke::execute(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay("The token has ended."))
}

/// Gives a token another name.
pub async fn give_token_name(who: &SignedIn, id: &str, name: &str) -> Result<Next, Error> {
    rename::execute(&who.engine, &who.actor, parse(id)?, name).await?;
    Ok(Next::stay(format!(
        "The token is called “{}” from now on.",
        name.trim()
    )))
}

fn parse(id: &str) -> Result<AccessTokenId, Error> {
    id.parse().map_err(|_| Error::NotFound("access token"))
}
