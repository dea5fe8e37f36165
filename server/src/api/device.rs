//! `/api/license/device-history/{hardwareId}`: what a device was part of.

use axum::routing::get;
use axum::{Json, Router};
use domain::hardware_id::HardwareId;
use domain::paging::PagingForm;
use engine::devices::history;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::both;
use crate::api::caller::Caller;
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::{Id, Parameters};
use crate::api::license_history::HistoryLine;
use crate::state::ServerState;

pub(super) fn routes() -> Router<ServerState> {
    let path = "/api/license/device-history/{hardwareId}";
    both(Router::new(), path, get(show))
}

/// A page of a device's history.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceHistoryPage {
    items: Vec<HistoryLine>,
    page: i32,
    page_size: i32,
    /// Counted up to 10,000.
    total_count: i64,
    total_pages: i64,
}

/// What a device was part of, newest first: first contacts, activations, deactivations, and where it
/// was first used from.
#[utoipa::path(get, path = "/api/license/device-history/{hardwareId}", tag = "Licenses",
    params(("hardwareId" = String, Path), ("page" = Option<i32>, Query, minimum = 1),
        ("pageSize" = Option<i32>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = DeviceHistoryPage)))]
pub(super) async fn show(
    caller: Caller,
    Id(text): Id<String>,
    Parameters(wanted): Parameters<PagingForm>,
) -> ApiResult<Json<DeviceHistoryPage>> {
    let (engine, actor) = caller.parts();
    actor.may_read()?;
    let device = HardwareId::parse(&text)
        .map_err(|refusal| ApiError::invalid("hardwareId", refusal.to_string()))?;
    let page = wanted.parse_numbered()?;
    let history = history::execute(engine, actor, &device, page).await?;
    Ok(Json(DeviceHistoryPage {
        items: history.items.into_iter().map(HistoryLine::from).collect(),
        page: page.number(),
        page_size: page.size(),
        total_count: history.total,
        total_pages: page.pages(history.total),
    }))
}
