//! Plans: named lengths that a purchase may ask for.

use domain::ids::PlanId;
use domain::plan::PlanForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRow {
    /// Id; also what stands in Stripe's metadata as `planId`.
    pub id: PlanId,
    /// Name.
    pub name: String,
    /// 0 is perpetual.
    pub duration_days: i32,
    /// Inactive plans are not sold.
    pub is_active: bool,
}

/// The tenant's plans.
#[server]
pub async fn load_plans() -> Result<Vec<PlanRow>, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    missing("engine::plans::list")
}

/// One plan.
#[server]
pub async fn load_plan(id: String) -> Result<PlanRow, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = id;
    missing("engine::plans::get")
}

/// Saves a plan; with an empty id a new one.
#[server]
pub async fn save_plan(id: String, #[server(flatten)] form: PlanForm) -> Result<Done, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = (id, form);
    missing("engine::plans::save")
}
