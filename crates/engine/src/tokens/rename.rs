//! Giving an access token another name; what it may do, and until when, stays.

use domain::ids::AccessTokenId;
use domain::permission::Permission;
use serde_json::json;
use store::access_tokens;

use super::create::check_name;
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Renames a token of the tenant; to the name that it has, nothing happens. Field: `name`.
pub async fn execute(engine: &Engine, actor: &Actor, id: AccessTokenId, name: &str) -> Result<()> {
    actor.may(Permission::Manage)?;
    let name = check_name(name)?;
    let mut tx = engine.begin();
    let found = access_tokens::find(&mut tx, actor.tenant(), id).await?;
    let row = found.ok_or(Error::NotFound("access token"))?;
    if row.name == name {
        return Ok(());
    }
    access_tokens::rename(&mut tx, actor.tenant(), id, &name).await?;
    let what = Change {
        subject: ("access_token", id.to_string()),
        verb: "renamed",
        data: json!({ "name": name, "formerName": row.name }),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    tx.commit().await?;
    // What the token does from now on is told by its new name.
    engine.known_tokens().forget(&row.public_id);
    Ok(())
}
