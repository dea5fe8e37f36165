//! Plans: named lengths that a purchase may ask for.

use domain::ids::PlanId;
use domain::plan::PlanForm;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
use super::{Listed, NamedSearch};
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
    /// It is kept for its licences, and nothing else.
    pub is_archived: bool,
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

/// A page of plans, in use or archived.
#[server]
pub async fn load_plans(
    #[server(flatten)] search: NamedSearch,
) -> Result<Sent<Listed<PlanRow>>, UiError> {
    use crate::ssr::{pack, plans_on_shelf, refuse, signed_in};
    let who = signed_in().await?;
    pack(&plans_on_shelf(&who, search).await.map_err(refuse)?)
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

/// Archives a plan.
#[server]
pub async fn archive_plan(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, put_plan_away, reply, signed_in};
    let who = signed_in().await?;
    let archived = put_plan_away(&who, &id).await;
    reply::<ArchivePlan>(archived, NOTHING).await
}

/// Brings an archived plan back.
#[server]
pub async fn restore_plan(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, bring_plan_back, reply, signed_in};
    let who = signed_in().await?;
    let restored = bring_plan_back(&who, &id).await;
    reply::<RestorePlan>(restored, NOTHING).await
}
