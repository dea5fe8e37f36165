//! `/api/license/device-history/{hardwareId}`: what a device was part of.

use axum::Json;
use axum::routing::get;
use domain::hardware_id::HardwareId;
use domain::ids::ChangeId;
use domain::paging::{NumberedPage, Paging, PagingForm};
use engine::devices::history;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::{self, Id, Parameters};
use crate::api::license_history::HistoryLine;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let path = "/api/license/device-history/{hardwareId}";
    both(Routes::default(), path, get(show))
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

/// A page of a device's history, and where the next begins.
#[derive(Serialize, ToSchema)]
pub struct DeviceHistoryPart {
    items: Vec<HistoryLine>,
    /// Null on the last page.
    after: Option<String>,
}

/// A device's history, in the form that was asked for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum DeviceHistory {
    /// With `page`, or without `after`.
    Numbered(DeviceHistoryPage),
    /// With `after`.
    After(DeviceHistoryPart),
}

/// What a device was part of, newest first: first contacts, activations, deactivations, and where it
/// was first used from. `page` leads up to 10,000 lines, `after` (empty to begin) without end.
#[utoipa::path(get, path = "/api/license/device-history/{hardwareId}", tag = "Licenses",
    params(("hardwareId" = String, Path), ("page" = Option<i32>, Query, minimum = 1),
        ("pageSize" = Option<i32>, Query, minimum = 1, maximum = 200),
        ("after" = Option<String>, Query, description = "Where the page before ended.")),
    responses((status = 200, body = DeviceHistory)))]
pub(super) async fn show(
    caller: Caller,
    Id(text): Id<String>,
    Parameters(wanted): Parameters<PagingForm>,
) -> ApiResult<Json<DeviceHistory>> {
    caller.parts().1.may_read()?;
    let device = HardwareId::parse(&text)
        .map_err(|refusal| ApiError::invalid("hardwareId", refusal.to_string()))?;
    let answer = match wanted.parse()? {
        Paging::After { place, size } => after(&caller, &device, (place, size)).await?,
        Paging::Numbered(page) => numbered(&caller, &device, page).await?,
        Paging::Newest => numbered(&caller, &device, wanted.parse_numbered()?).await?,
    };
    Ok(Json(answer))
}

async fn numbered(
    caller: &Caller,
    device: &HardwareId,
    page: NumberedPage,
) -> ApiResult<DeviceHistory> {
    let (engine, actor) = caller.parts();
    let history = history::execute(engine, actor, device, page).await?;
    Ok(DeviceHistory::Numbered(DeviceHistoryPage {
        items: history.items.into_iter().map(HistoryLine::from).collect(),
        page: page.number(),
        page_size: page.size(),
        total_count: history.total,
        total_pages: page.pages(history.total),
    }))
}

async fn after(
    caller: &Caller,
    device: &HardwareId,
    (place, size): (Option<String>, i32),
) -> ApiResult<DeviceHistory> {
    let (engine, actor) = caller.parts();
    let advice = "Take `after` from the page before, as it stands there.";
    let before: Option<ChangeId> = input::optional(("after", place.as_ref()), advice)?;
    let page = history::before(engine, actor, device, (before, i64::from(size))).await?;
    Ok(DeviceHistory::After(DeviceHistoryPart {
        items: page.items.into_iter().map(HistoryLine::from).collect(),
        after: page.after.map(|id| id.to_string()),
    }))
}
