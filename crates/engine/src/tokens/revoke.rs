//! Revoking an access token: the next call with it is refused, on every node.

use domain::ids::AccessTokenId;
use domain::permission::Permission;
use serde_json::json;
use store::access_tokens;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Revokes a token of the tenant; again, nothing happens.
pub async fn execute(engine: &Engine, actor: &Actor, id: AccessTokenId) -> Result<()> {
    actor.may(Permission::Manage)?;
    let now = engine.now();
    let mut tx = engine.begin();
    let found = access_tokens::find(&mut tx, actor.tenant(), id).await?;
    let row = found.ok_or(Error::NotFound("access token"))?;
    if access_tokens::revoke(&mut tx, actor.tenant(), id, now.millis()).await? {
        let what = Change {
            subject: ("access_token", id.to_string()),
            verb: "revoked",
            data: json!({ "name": row.name }),
            livemode: false,
        };
        change::write(&mut tx, actor, now, what);
    }
    tx.commit().await?;
    engine.known_tokens().forget(&row.public_id);
    Ok(())
}
