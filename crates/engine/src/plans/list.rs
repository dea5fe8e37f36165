//! The tenant's plans.

use domain::ids::PlanId;
use store::plans;

use super::{PlanView, view};
use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::named::NameQuery;
use crate::page::{self, Page};

/// The newest 1,000 of the plans that are not archived, inactive ones too, the oldest of them first.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<PlanView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let rows = plans::list(&mut conn, actor.tenant()).await?;
    rows.iter().map(view).collect()
}

/// A page of plans, in use or archived.
pub async fn page(
    engine: &Engine,
    actor: &Actor,
    query: &NameQuery,
) -> Result<Page<PlanView, i32>> {
    actor.may_read()?;
    let filter = query.filter()?;
    let mut conn = engine.read().await?;
    let rows = plans::page(&mut conn, actor.tenant(), &filter).await?;
    page::cut(rows, query.limit, |row| row.id.get()).try_map(|row| view(&row))
}

/// One plan, archived or not.
pub async fn find(engine: &Engine, actor: &Actor, id: PlanId) -> Result<PlanView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let row = plans::find(&mut conn, actor.tenant(), id).await?;
    view(&row.ok_or(Error::NotFound("plan"))?)
}
