//! Access tokens between the engine and their page.

use domain::permission::{Permission, Permissions};
use domain::timestamp::Timestamp;
use engine::Error;
use engine::tokens::create::NewToken;
use engine::tokens::list::TokenView;
use engine::tokens::{create, list, revoke};

use super::changes::history_of_kinds;
use super::cookie::{keep_new_token, take_new_token};
use super::reply::Next;
use super::session::SignedIn;
use crate::api::access_tokens::{AccessTokenForm, AccessTokenRow, AccessTokens};
use crate::secret::SecretText;

/// All tokens, and the one that was just made.
pub async fn access_tokens(who: &SignedIn) -> Result<AccessTokens, Error> {
    let tokens = list::execute(&who.engine, &who.actor).await?;
    Ok(AccessTokens {
        tokens: tokens.into_iter().map(row).collect(),
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
    let id = id.parse().map_err(|_| Error::NotFound("access token"))?;
    revoke::execute(&who.engine, &who.actor, id).await?;
    Ok(Next::stay("The token has ended."))
}
