//! The tenant's access tokens: all about them but the tokens themselves.

use domain::ids::AccessTokenId;
use domain::permission::{Permission, Permissions};
use domain::timestamp::Timestamp;
use store::access_tokens::{self, AccessToken};

use crate::Engine;
use crate::actor::{Actor, Who};
use crate::error::{Error, Result};

/// What may be known of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    /// Id of its row.
    pub id: AccessTokenId,
    /// Name that an admin gave it.
    pub name: String,
    /// How it begins: `exo_at_<public>`, without the secret.
    pub begins_with: String,
    /// What it may do.
    pub permissions: Permissions,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; absent, it does not.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// The tenant's tokens, newest first, at most 1,000; revoked and expired ones too.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<TokenView>> {
    match actor.who() {
        Who::Token { .. } => actor.may(Permission::Manage)?,
        _ => actor.may_read()?,
    }
    let mut conn = engine.read().await?;
    let rows = access_tokens::list(&mut conn, actor.tenant()).await?;
    rows.into_iter().map(view).collect()
}

fn view(row: AccessToken) -> Result<TokenView> {
    Ok(TokenView {
        id: row.id,
        name: row.name,
        begins_with: format!("exo_at_{}", row.public_id),
        permissions: row
            .permissions
            .parse()
            .map_err(|_| Error::fault("a token's permissions are not known"))?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: row.expires_at.map(Timestamp::from_millis),
        revoked_at: row.revoked_at.map(Timestamp::from_millis),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    })
}
