//! Letting a member go: their place and their sessions in this tenant end at once.

use domain::ids::PersonId;
use domain::role::Role;
use serde_json::json;
use store::{memberships, sessions};

use super::{address_of, keep_an_owner, lock_member};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Takes a member out of the tenant; never the last owner. Their account stays, for other tenants.
pub async fn execute(engine: &Engine, actor: &Actor, person: PersonId) -> Result<()> {
    actor.may_manage_people()?;
    let tenant = actor.tenant();
    let mut tx = engine.begin();
    let role = lock_member(&mut tx, tenant, person).await?;
    if role == Role::Owner {
        keep_an_owner(&mut tx, tenant, person).await?;
    }
    if !memberships::remove(&mut tx, tenant, person).await? {
        return Err(Error::NotFound("person"));
    }
    sessions::remove_by_member(&mut tx, tenant, person).await?;
    let email = address_of(&mut tx, person).await?;
    let what = Change {
        subject: ("person", person.to_string()),
        verb: "removed",
        data: json!({ "email": email, "role": role }),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    Ok(tx.commit().await?)
}
