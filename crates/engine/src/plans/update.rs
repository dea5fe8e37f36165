//! Changing a plan. Licences that were sold keep the length that they were sold with; what the plan
//! unlocks is looked up when a program asks, so a change of that reaches them too.

use domain::ids::PlanId;
use domain::permission::Permission;
use domain::plan::PlanForm;
use serde_json::json;
use store::plans::{self, Plan};

use super::{PlanView, fields, name_in_use, view};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Changes what the form names and keeps the rest. `Conflict` `name_in_use` where another plan has
/// the name, `archived` where the plan is archived.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    id: PlanId,
    form: &PlanForm,
) -> Result<PlanView> {
    actor.may(Permission::Manage)?;
    let now = engine.now();
    let mut tx = engine.begin();
    let found = plans::lock(&mut tx, actor.tenant(), id).await?;
    let former = found.ok_or(Error::NotFound("plan"))?;
    if former.archived_at.is_some() {
        return Err(Error::Conflict {
            code: "archived",
            message:
                "This plan is archived: it is kept for its licenses. Bring it back to change it."
                    .into(),
        });
    }
    let after = form.parse_update(&fields(&former)?)?;
    let plan = Plan {
        id,
        name_key: after.name_key(),
        name: after.name,
        duration_days: after.duration_days,
        features: serde_json::to_string(&after.features)?,
        is_active: after.is_active,
        created_at: former.created_at,
        updated_at: Some(now.millis()),
        archived_at: None,
    };
    match plans::update(&mut tx, actor.tenant(), &plan).await {
        Err(error) if error.is_unique_violation() => return Err(name_in_use()),
        updated => updated?,
    };
    let what = Change {
        subject: ("plan", id.to_string()),
        verb: "updated",
        data: json!({ "name": plan.name, "durationDays": plan.duration_days,
            "features": after.features, "isActive": plan.is_active }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    view(&plan)
}
