//! The tenant's plans.

use store::plans;

use super::{PlanView, view};
use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;

/// All plans, inactive ones too, oldest first, at most 1,000.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<PlanView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let rows = plans::list(&mut conn, actor.tenant()).await?;
    rows.iter().map(view).collect()
}
