//! `/api/device`: devices that programs run on, with their trials and licences, and another end for a trial.

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::routing::get;
use domain::device_state::{DeviceOrder, DeviceState};
use domain::hardware_id::HardwareId;
use domain::ids::ProductId;
use domain::timestamp::Timestamp;
use domain::trial_form::TrialForm;
use engine::devices::list::{self as lists, DevicePlace, DeviceQuery};
use engine::devices::{DeviceView, change_trial, find};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::{self, Parameters};
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/device", get(list));
    let one = "/api/device/{productId}/{hardwareId}";
    both(router, one, get(show).put(change))
}

/// Which devices are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DeviceListParameters {
    /// One product.
    #[param(value_type = Option<i32>, minimum = 1)]
    product_id: Option<String>,
    /// How they stand to their product, as of now.
    #[param(value_type = Option<words::DeviceState>)]
    state: Option<String>,
    /// How the hardware id begins; these are listed by their hardware ids.
    hardware_id: Option<String>,
    /// Absent is `last_seen`.
    #[param(value_type = Option<words::DeviceOrder>)]
    order: Option<String>,
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    page_size: Option<String>,
    /// Where the page before ended; empty or absent begins.
    after: Option<String>,
}

/// A device of a product.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    product_id: i32,
    product_name: String,
    /// Folded: upper case, no spaces.
    hardware_id: String,
    /// How it stands to the product, as of now.
    #[schema(value_type = words::DeviceState)]
    state: String,
    /// The first contact; RFC 3339, UTC.
    #[schema(format = DateTime)]
    first_seen_at: String,
    /// The latest contact that is written down; RFC 3339, UTC.
    #[schema(format = DateTime)]
    last_seen_at: String,
    /// In how many minutes it was heard of.
    contacts: i64,
    /// The end of its trial; RFC 3339, UTC.
    #[schema(format = DateTime)]
    trial_ends_at: String,
    /// When a key of the product was first activated on it: no trial ever since. RFC 3339, UTC.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    first_activated_at: Option<String>,
    /// Where it came from last.
    #[serde(skip_serializing_if = "String::is_empty")]
    ip_address: String,
    /// The version that its program last said.
    #[serde(skip_serializing_if = "String::is_empty")]
    version: String,
    /// Last four characters of the key that is activated on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key_ends_with: Option<String>,
}

impl From<DeviceView> for Device {
    fn from(device: DeviceView) -> Self {
        Self {
            product_id: device.product_id.get(),
            product_name: device.product_name,
            hardware_id: device.hardware_id,
            state: device.state.to_string(),
            first_seen_at: device.first_seen_at.to_rfc3339(),
            last_seen_at: device.last_seen_at.to_rfc3339(),
            contacts: device.contacts,
            trial_ends_at: device.trial_ends_at.to_rfc3339(),
            first_activated_at: device.first_activated_at.map(Timestamp::to_rfc3339),
            ip_address: device.address,
            version: device.version,
            key_ends_with: device.license.map(|(_, last_four)| last_four),
        }
    }
}

/// A page, and where the next begins. Where the list is narrowed a page may be short, or empty, and
/// still have a next one: each looks at 20,000 devices at most.
#[derive(Serialize, ToSchema)]
pub struct DevicePage {
    items: Vec<Device>,
    /// Null on the last page.
    after: Option<String>,
}

/// Another end for a trial.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `TrialForm` reads")]
pub struct TrialBody {
    /// A date (its last second), or an RFC 3339 time; one that is past ends the trial.
    trial_ends_at: String,
}

/// The device that a path names.
pub(super) struct Named(ProductId, HardwareId);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let named = path.ok().and_then(|Path((product, device))| {
            let device = HardwareId::parse(&device).ok()?;
            Some(Self(product.parse().ok()?, device))
        });
        named.ok_or_else(|| ApiError::not_found("device"))
    }
}

/// Devices of programs, what was seen last first unless `order` says otherwise.
#[utoipa::path(get, path = "/api/device", tag = "Devices", params(DeviceListParameters),
    responses((status = 200, body = DevicePage)))]
pub(super) async fn list(
    caller: Caller,
    Parameters(wanted): Parameters<DeviceListParameters>,
) -> ApiResult<Json<DevicePage>> {
    let query = query(&wanted)?;
    let (engine, actor) = caller.parts();
    let page = lists::execute(engine, actor, &query).await?;
    Ok(Json(DevicePage {
        items: page.items.into_iter().map(Device::from).collect(),
        after: page.after.map(|place| place.to_string()),
    }))
}

fn query(wanted: &DeviceListParameters) -> ApiResult<DeviceQuery> {
    let product_id: Option<ProductId> = input::optional(
        ("productId", wanted.product_id.as_ref()),
        "Write the id of one of your products.",
    )?;
    let state: Option<DeviceState> = input::optional(
        ("state", wanted.state.as_ref()),
        "Use on_trial, trial_over, activated or trial_used.",
    )?;
    let order: Option<DeviceOrder> = input::optional(
        ("order", wanted.order.as_ref()),
        "Use last_seen, first_seen or hardware_id.",
    )?;
    let after: Option<DevicePlace> = input::optional(
        ("after", wanted.after.as_ref()),
        "Take `after` from the page before, as it stands there.",
    )?;
    Ok(DeviceQuery {
        product_id,
        state,
        beginning: wanted.hardware_id.clone().unwrap_or_default(),
        order: order.unwrap_or(DeviceOrder::LastSeen),
        is_backwards: false,
        after,
        limit: input::page_size(wanted.page_size.as_ref())?,
    })
}

/// One device of a product.
#[utoipa::path(get, path = "/api/device/{productId}/{hardwareId}", tag = "Devices",
    params(("productId" = i32, Path), ("hardwareId" = String, Path)),
    responses((status = 200, body = Device)))]
pub(super) async fn show(caller: Caller, Named(product, device): Named) -> ApiResult<Json<Device>> {
    let (engine, actor) = caller.parts();
    let view = find::execute(engine, actor, (product, &device)).await?;
    Ok(Json(view.into()))
}

/// Gives a device's trial another end. A device on which a key was ever activated has none.
#[utoipa::path(put, path = "/api/device/{productId}/{hardwareId}", tag = "Devices",
    request_body = TrialBody,
    params(("productId" = i32, Path), ("hardwareId" = String, Path)),
    responses((status = 200, body = Device)))]
pub(super) async fn change(
    caller: Caller,
    Named(product, device): Named,
    JsonBody(form): JsonBody<TrialForm>,
) -> ApiResult<Json<Device>> {
    let (engine, actor) = caller.parts();
    let view = change_trial::execute(engine, actor, (product, &device), &form).await?;
    Ok(Json(view.into()))
}
