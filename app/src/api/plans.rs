//! Plans: named lengths that a purchase may ask for.

use domain::ids::PlanId;
use domain::plan::PlanForm;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRow {
    /// Id; also what stands in Stripe's metadata as `planId`.
    pub id: PlanId,
    /// Name.
    pub name: String,
    /// 0 is perpetual.
    pub duration_days: i32,
    /// What it unlocks beside the product's features, comma between.
    pub features: String,
    /// Inactive plans are not sold.
    pub is_active: bool,
}

/// A plan's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPage {
    /// The plan; `None` on the page of a new one.
    pub plan: Option<PlanRow>,
    /// Whether whoever looks may change it.
    pub may_manage: bool,
    /// What happened to it, newest first.
    pub history: Vec<ChangeRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// The tenant's plans.
#[server]
pub async fn load_plans() -> Result<Sent<Vec<PlanRow>>, UiError> {
    use crate::ssr::{pack, plan_list, refuse, signed_in};
    let who = signed_in().await?;
    pack(&plan_list(&who).await.map_err(refuse)?)
}

/// One plan, or with an empty id the page of a new one, for who may make it.
#[server]
pub async fn load_plan(id: String) -> Result<Sent<PlanPage>, UiError> {
    use crate::ssr::{pack, plan_page, refuse, signed_in};
    let who = signed_in().await?;
    pack(&plan_page(&who, &id).await.map_err(refuse)?)
}

/// Saves a plan; with an empty id a new one.
#[server]
pub async fn save_plan(id: String, #[server(flatten)] form: PlanForm) -> Result<Done, UiError> {
    use crate::ssr::{keep_plan, reply, signed_in};
    let who = signed_in().await?;
    let saved = keep_plan(&who, &id, &form).await;
    reply::<SavePlan>(saved, &form).await
}
