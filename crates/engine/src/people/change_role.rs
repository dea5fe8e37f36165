//! Giving a member another role. It holds from their next request on.

use domain::ids::PersonId;
use domain::role::Role;
use serde_json::json;
use store::memberships;

use super::{address_of, keep_an_owner, lock_member};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;

/// Gives a member a role; the last owner keeps theirs.
pub async fn execute(engine: &Engine, actor: &Actor, person: PersonId, role: Role) -> Result<()> {
    actor.may_manage_people()?;
    let tenant = actor.tenant();
    let now = engine.now();
    let mut tx = engine.begin();
    let former = lock_member(&mut tx, tenant, person).await?;
    if former == role {
        return Ok(());
    }
    if former == Role::Owner {
        keep_an_owner(&mut tx, tenant, person).await?;
    }
    memberships::put(&mut tx, tenant, (person, role.as_str()), now.millis()).await?;
    let email = address_of(&mut tx, person).await?;
    let what = Change {
        subject: ("person", person.to_string()),
        verb: "role_changed",
        data: json!({ "email": email, "from": former, "to": role }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    Ok(tx.commit().await?)
}
