//! Closing a ticket that was answered, and opening it again. Whoever answers customers may; it can be repeated
//! without harm.

use domain::permission::Permission;
use serde_json::json;
use store::{Tx, tickets};
use uuid::Uuid;

use super::find;
use super::view::TicketView;
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Closes a ticket in the actor's name. One that is closed stays as it is.
pub async fn execute(engine: &Engine, actor: &Actor, id: Uuid) -> Result<TicketView> {
    let mut tx = begin(engine, actor)?;
    let by = (actor.name(), engine.now().millis());
    let is_changed = tickets::close(&mut tx, actor.tenant(), id, by).await?;
    end(engine, tx, (actor, id), is_changed.then_some("closed")).await
}

/// Opens a closed ticket again. One that is open stays as it is.
pub async fn reopen(engine: &Engine, actor: &Actor, id: Uuid) -> Result<TicketView> {
    let mut tx = begin(engine, actor)?;
    let is_changed = tickets::reopen(&mut tx, actor.tenant(), id).await?;
    end(engine, tx, (actor, id), is_changed.then_some("reopened")).await
}

/// The ticket is answered whole, so whoever closes it must also be one who may read it.
fn begin(engine: &Engine, actor: &Actor) -> Result<Tx> {
    actor.may_read()?;
    actor.may(Permission::Email)?;
    Ok(engine.begin())
}

async fn end(
    engine: &Engine,
    mut tx: Tx,
    (actor, id): (&Actor, Uuid),
    verb: Option<&str>,
) -> Result<TicketView> {
    let ticket = tickets::find(&mut tx, actor.tenant(), id).await?;
    ticket.ok_or(Error::NotFound("ticket"))?;
    if let Some(verb) = verb {
        let what = Change {
            subject: ("ticket", id.to_string()),
            verb,
            data: json!({}),
            livemode: true,
        };
        change::write(&mut tx, actor, engine.now(), what);
    }
    tx.commit().await?;
    find::execute(engine, actor, id).await
}
