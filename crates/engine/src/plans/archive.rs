//! Archiving a plan: it leaves the lists and is no longer sold; its licences stay. And bringing it back.

use domain::ids::PlanId;
use domain::permission::Permission;
use serde_json::json;
use store::plans;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Archives a plan of the tenant; again, nothing happens.
pub async fn execute(engine: &Engine, actor: &Actor, id: PlanId) -> Result<()> {
    let at = engine.now().millis();
    put(engine, actor, id, Some(at)).await
}

/// Brings an archived plan back, not on sale; again, nothing happens.
pub async fn restore(engine: &Engine, actor: &Actor, id: PlanId) -> Result<()> {
    put(engine, actor, id, None).await
}

async fn put(engine: &Engine, actor: &Actor, id: PlanId, archived_at: Option<i64>) -> Result<()> {
    actor.may(Permission::Manage)?;
    let now = engine.now();
    let mut tx = engine.begin();
    let found = plans::lock(&mut tx, actor.tenant(), id).await?;
    let mut plan = found.ok_or(Error::NotFound("plan"))?;
    if plan.archived_at.is_some() == archived_at.is_some() {
        return Ok(());
    }
    plan.is_active = false;
    plan.archived_at = archived_at;
    plan.updated_at = Some(now.millis());
    plans::update(&mut tx, actor.tenant(), &plan).await?;
    let verb = if archived_at.is_some() {
        "archived"
    } else {
        "restored"
    };
    let what = Change {
        subject: ("plan", id.to_string()),
        verb,
        data: json!({ "name": plan.name }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    Ok(tx.commit().await?)
}
