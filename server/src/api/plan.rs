//! `/api/plan`: names for how long a licence lasts and what it unlocks.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use domain::ids::PlanId;
use domain::plan::PlanForm;
use engine::plans::{self, PlanView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let known = both(Routes::default(), "/api/plan", get(list).post(save));
    let known = both(known, "/api/plan/{id}", delete(archive));
    both(known, "/api/plan/{id}/restore", post(restore))
}

/// A plan.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Id; also stands in Stripe's metadata.
    id: i32,
    /// Name.
    name: String,
    /// Days; 0 = perpetual.
    duration_days: i32,
    /// What its licences unlock beside the product's features.
    features: Vec<String>,
    /// Inactive plans are not sold.
    is_active: bool,
}

impl From<PlanView> for Plan {
    fn from(view: PlanView) -> Self {
        Self {
            id: view.id.get(),
            name: view.fields.name,
            duration_days: view.fields.duration_days,
            features: view.fields.features,
            is_active: view.fields.is_active,
        }
    }
}

/// A new plan (`id` null or absent), or changes of one.
#[derive(Deserialize)]
pub struct SavedPlan {
    id: Option<i32>,
    #[serde(flatten)]
    form: PlanForm,
}

/// The body of a plan.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `PlanForm` reads")]
pub struct PlanBody {
    /// Null or absent is a new plan.
    #[schema(minimum = 1)]
    id: Option<i32>,
    /// Required on a new plan.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// 0..=36500; 0 is perpetual. Required on a new plan.
    #[schema(minimum = 0, maximum = 36500)]
    duration_days: Option<i32>,
    /// What its licences unlock beside the product's features.
    features: Option<Vec<String>>,
    /// Absent is true on a new plan.
    is_active: Option<bool>,
}

/// All plans that are not archived, the newest 1,000 at most.
#[utoipa::path(get, path = "/api/plan", tag = "Plans",
    responses((status = 200, body = [Plan])))]
pub(super) async fn list(caller: Caller) -> ApiResult<Json<Vec<Plan>>> {
    let (engine, actor) = caller.parts();
    let views = plans::list::execute(engine, actor).await?;
    Ok(Json(views.into_iter().map(Plan::from).collect()))
}

/// Archives a plan: it is not sold any more, its licences stay; again, nothing happens.
#[utoipa::path(delete, path = "/api/plan/{id}", tag = "Plans", params(("id" = i32, Path)),
    responses((status = 204)))]
pub(super) async fn archive(caller: Caller, Id(id): Id<PlanId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    plans::archive::execute(engine, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings an archived plan back, not active; again, nothing happens.
#[utoipa::path(post, path = "/api/plan/{id}/restore", tag = "Plans", params(("id" = i32, Path)),
    responses((status = 204)))]
pub(super) async fn restore(caller: Caller, Id(id): Id<PlanId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    plans::archive::restore(engine, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new plan, or changes of the one with this id.
#[utoipa::path(post, path = "/api/plan", tag = "Plans", request_body = PlanBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "Created", body = Plan),
        (status = 200, description = "Changed", body = Plan),
        (status = 404, description = "There is no plan with this `id`."),
        (status = 409, description = "`name_in_use`, `archived`.")))]
pub(super) async fn save(caller: Caller, call: Creating<SavedPlan>) -> ApiResult<Made> {
    call.once(caller, async move |caller, saved| {
        let (engine, actor) = caller.parts();
        match saved.id {
            None => {
                let view = plans::create::execute(engine, actor, &saved.form).await?;
                Made::created(&Plan::from(view))
            }
            Some(id) => {
                let id = PlanId::from(id);
                let view = plans::update::execute(engine, actor, id, &saved.form).await?;
                Made::ok(&Plan::from(view))
            }
        }
    })
    .await
}
