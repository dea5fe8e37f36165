//! Creating a plan.

use domain::ids::PlanId;
use domain::permission::Permission;
use domain::plan::PlanForm;
use serde_json::json;
use store::plans::{self, Plan};

use super::{PlanView, name_in_use, view};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;

/// Creates a plan. `Conflict` `name_in_use` where another has the name.
pub async fn execute(engine: &Engine, actor: &Actor, form: &PlanForm) -> Result<PlanView> {
    actor.may(Permission::Manage)?;
    let fields = form.parse_new()?;
    let now = engine.now();
    let features = serde_json::to_string(&fields.features)?;
    let mut plan = Plan {
        id: PlanId::from(0),
        name_key: fields.name_key(),
        name: fields.name,
        duration_days: fields.duration_days,
        features,
        is_active: fields.is_active,
        created_at: now.millis(),
        updated_at: None,
        archived_at: None,
    };
    let mut tx = engine.begin();
    let inserted = plans::insert(&mut tx, actor.tenant(), &plan).await?;
    plan.id = inserted.ok_or_else(name_in_use)?;
    let what = Change {
        subject: ("plan", plan.id.to_string()),
        verb: "created",
        data: json!({ "name": plan.name, "durationDays": plan.duration_days,
            "features": fields.features }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    view(&plan)
}
