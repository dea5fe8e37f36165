//! Plans between the engine and their pages.

use domain::ids::PlanId;
use domain::permission::Permission;
use domain::plan::PlanForm;
use engine::Error;
use engine::plans::{self, PlanView};

use super::changes::history_of;
use super::products::name_query;
use super::refusal::beside_name;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::plans::{PlanPage, PlanRow};
use crate::api::{Listed, NamedSearch};

/// All plans that are not archived.
pub(super) async fn plan_list(who: &SignedIn) -> Result<Vec<PlanRow>, Error> {
    let plans = plans::list::execute(&who.engine, &who.actor).await?;
    Ok(plans.into_iter().map(plan_row).collect())
}

/// A page of plans, in use or archived.
pub async fn plans_on_shelf(who: &SignedIn, search: NamedSearch) -> Result<Listed<PlanRow>, Error> {
    let page = plans::list::page(&who.engine, &who.actor, &name_query(search)?).await?;
    Ok(Listed {
        items: page.items.into_iter().map(plan_row).collect(),
        next: page.after.map(|id| id.to_string()),
        now: who.engine.now(),
    })
}

/// One plan's page; with an empty id a new one's, for who may make it.
pub async fn plan_page(who: &SignedIn, id: &str) -> Result<PlanPage, Error> {
    let may_manage = who.actor.may(Permission::Manage);
    let now = who.engine.now();
    if id.is_empty() {
        may_manage?;
        return Ok(PlanPage {
            plan: None,
            may_manage: true,
            history: Vec::new(),
            now,
        });
    }
    let found = plans::list::find(&who.engine, &who.actor, parse(id)?).await?;
    Ok(PlanPage {
        plan: Some(plan_row(found)),
        may_manage: may_manage.is_ok(),
        history: history_of(who, ("plan", id)).await?,
        now,
    })
}

/// Archives a plan.
pub async fn put_plan_away(who: &SignedIn, id: &str) -> Result<Next, Error> {
    plans::archive::execute(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay(
        "The plan is archived. Licences that were sold with it stay as they are.",
    ))
}

/// Brings an archived plan back.
pub async fn bring_plan_back(who: &SignedIn, id: &str) -> Result<Next, Error> {
    plans::archive::restore(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay(
        "The plan is back. Make it active to sell it again.",
    ))
}

fn parse(id: &str) -> Result<PlanId, Error> {
    id.parse().map_err(|_| Error::NotFound("plan"))
}

fn plan_row(plan: PlanView) -> PlanRow {
    PlanRow {
        id: plan.id,
        name: plan.fields.name,
        duration_days: plan.fields.duration_days,
        features: plan.fields.features.join(", "),
        is_active: plan.fields.is_active,
        is_archived: plan.archived_at.is_some(),
    }
}

/// Saves a plan.
pub async fn keep_plan(who: &SignedIn, id: &str, form: &PlanForm) -> Result<Next, Error> {
    let mut form = form.clone();
    form.is_active.get_or_insert_with(|| "false".to_owned());
    if id.is_empty() {
        let made = plans::create::execute(&who.engine, &who.actor, &form).await;
        let made = made.map_err(beside_name)?;
        let notice = format!("The plan “{}” is made.", made.fields.name);
        return Ok(Next::go_saying("/plans", notice));
    }
    let saved = plans::update::execute(&who.engine, &who.actor, parse(id)?, &form).await;
    saved.map_err(beside_name)?;
    Ok(Next::stay("Saved."))
}
