//! Who sends this token? The public half finds the row, the secret half is compared in constant time.

use std::sync::Arc;

use domain::access_token::AccessToken;
use store::access_tokens;
use subtle::ConstantTimeEq;

use super::{Known, hash};
use crate::Engine;
use crate::actor::{Actor, Who};
use crate::error::{Error, Result};

const NOT_VALID: Error = Error::Unauthorized(
    "This access token is not valid. It may have been revoked; create another under Access Tokens.",
);
const EXPIRED: Error =
    Error::Unauthorized("This access token has expired. Create another under Access Tokens.");

/// The actor behind a whole token (`exo_at_<public>_<secret>`), or `Unauthorized`.
pub async fn execute(engine: &Engine, token: &str) -> Result<Actor> {
    let token = AccessToken::parse(token).ok_or(NOT_VALID)?;
    let known = known(engine, token.public_id()).await?;
    let row = &known.row;
    if !bool::from(hash(token.secret()).as_slice().ct_eq(&row.secret_hash))
        || row.revoked_at.is_some()
    {
        return Err(NOT_VALID);
    }
    let now = engine.now();
    if row.expires_at.is_some_and(|end| end <= now.millis()) {
        return Err(EXPIRED);
    }
    engine.token_uses().note(now, &known);
    actor(row)
}

async fn known(engine: &Engine, public_id: &str) -> Result<Arc<Known>> {
    let tokens = engine.known_tokens();
    let now = engine.now();
    if let Some(known) = tokens.find(public_id, now) {
        return Ok(known);
    }
    let look = tokens.look(now);
    let mut conn = engine.read().await?;
    let found = access_tokens::find_by_public_id(&mut conn, public_id).await?;
    let row = found.ok_or(NOT_VALID)?;
    Ok(tokens.keep(row, &look))
}

fn actor(row: &access_tokens::AccessToken) -> Result<Actor> {
    let permissions = row
        .permissions
        .parse()
        .map_err(|_| Error::fault("a token's permissions are not known"))?;
    let who = Who::Token {
        id: row.id,
        name: row.name.clone(),
        permissions,
    };
    Ok(Actor::new(row.tenant_id, who))
}
