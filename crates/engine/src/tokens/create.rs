//! Creating an access token. Nobody can give a token what they may not do themselves.

use domain::access_token::AccessToken;
use domain::ids::AccessTokenId;
use domain::permission::{Permission, Permissions};
use domain::timestamp::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use store::access_tokens;

use super::hash;
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// What is wanted.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// For people to tell tokens apart; 1 to 100 characters.
    pub name: String,
    /// At least one.
    pub permissions: Permissions,
    /// When it ends; absent, it does not.
    pub expires_at: Option<Timestamp>,
}

/// A token that was just made.
pub struct CreatedToken {
    /// Id of its row.
    pub id: AccessTokenId,
    /// The whole token; nobody can see it again.
    pub token: SecretString,
}

/// Creates a token. Fields: `name`, `permissions`, `expiresAt`.
pub async fn execute(engine: &Engine, actor: &Actor, new: &NewToken) -> Result<CreatedToken> {
    actor.may(Permission::Manage)?;
    for permission in new.permissions.iter() {
        actor.may(permission)?;
    }
    let name = check(engine.now(), new)?;
    let token = AccessToken::from_random(engine.random(), engine.random());
    let row = access_tokens::AccessToken {
        id: engine.new_id(),
        tenant_id: actor.tenant(),
        name,
        secret_hash: hash(token.secret()).to_vec(),
        permissions: new.permissions.to_string(),
        created_at: engine.now().millis(),
        expires_at: new.expires_at.map(Timestamp::millis),
        revoked_at: None,
        last_used_at: None,
        public_id: token.public_id().to_owned(),
    };
    let mut tx = engine.begin();
    access_tokens::insert(&mut tx, &row).await?;
    let what = Change {
        subject: ("access_token", row.id.to_string()),
        verb: "created",
        data: json!({ "name": row.name, "permissions": new.permissions }),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    tx.commit().await?;
    Ok(CreatedToken {
        id: row.id,
        token: token.to_string().into(),
    })
}

fn check(now: Timestamp, new: &NewToken) -> Result<String> {
    let name = check_name(&new.name)?;
    if new.permissions.is_empty() {
        return Err(Error::field(
            "permissions",
            "Choose at least one permission.",
        ));
    }
    if new.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::field("expiresAt", "Choose a time in the future."));
    }
    Ok(name)
}

/// A token's name as typed, without what stands around it.
pub(super) fn check_name(typed: &str) -> Result<String> {
    let name = typed.trim();
    let length = name.chars().count();
    if length == 0 || length > 100 || name.chars().any(char::is_control) {
        return Err(Error::field(
            "name",
            "Give it a name of 1 to 100 characters, to tell it from others.",
        ));
    }
    Ok(name.to_owned())
}
