//! `/api/license/{key}/devices`: which devices have a seat of a licence, or had one.

use axum::Json;
use axum::routing::get;
use domain::timestamp::Timestamp;
use engine::licenses::devices::{self, DeviceView};
use engine::licenses::find;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::caller::Caller;
use crate::api::error::ApiResult;
use crate::api::input::{self, Id, Parameters};
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    both(Routes::default(), "/api/license/{key}/devices", get(list))
}

/// A device that has a seat of a licence, or had one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LicenseDevice {
    /// Folded: upper case, no spaces.
    hardware_id: String,
    /// False once it gave its seat back.
    has_seat: bool,
    /// When it last took its seat; RFC 3339, UTC.
    #[schema(format = DateTime)]
    activated_at: String,
    /// When it gave that back; RFC 3339, UTC.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivated_at: Option<String>,
    /// When it was last seen with the licence's product; RFC 3339, UTC.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// Where it came from then; absent where it never came itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    ip_address: String,
    /// The version that its program last said.
    #[serde(skip_serializing_if = "String::is_empty")]
    version: String,
}

impl From<DeviceView> for LicenseDevice {
    fn from(device: DeviceView) -> Self {
        Self {
            hardware_id: device.hardware_id,
            has_seat: device.deactivated_at.is_none(),
            activated_at: device.activated_at.to_rfc3339(),
            deactivated_at: device.deactivated_at.map(Timestamp::to_rfc3339),
            last_seen_at: device.last_seen_at.to_rfc3339(),
            ip_address: device.address,
            version: device.version,
        }
    }
}

/// A page, and where the next begins.
#[derive(Serialize, ToSchema)]
pub struct LicenseDevicePage {
    items: Vec<LicenseDevice>,
    /// Null on the last page.
    after: Option<String>,
}

/// Which devices are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DeviceParameters {
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    page_size: Option<String>,
    /// Where the page before ended; empty or absent begins.
    after: Option<String>,
}

/// The devices of a licence, each once, the newest activation first.
#[utoipa::path(get, path = "/api/license/{key}/devices", tag = "Licenses",
    params(("key" = String, Path), DeviceParameters),
    responses((status = 200, body = LicenseDevicePage)))]
pub(super) async fn list(
    caller: Caller,
    Id(key): Id<String>,
    Parameters(wanted): Parameters<DeviceParameters>,
) -> ApiResult<Json<LicenseDevicePage>> {
    let (engine, actor) = caller.parts();
    let after = input::after(wanted.after.as_ref())?;
    let limit = input::page_size(wanted.page_size.as_ref())?;
    let license = find::with_key(engine, actor, &key).await?;
    let page = devices::execute(engine, actor, license.id, (after, limit)).await?;
    Ok(Json(LicenseDevicePage {
        items: page.items.into_iter().map(LicenseDevice::from).collect(),
        after: page.after.map(|place| place.to_string()),
    }))
}
