//! `/api/license` and `/api/activationkey/generate`: licences as admins and their programs see them.

use axum::Json;
use axum::http::{HeaderName, HeaderValue};
use axum::response::IntoResponse;
use axum::routing::get;
use domain::license_state::LicenseState;
use domain::timestamp::Timestamp;
use engine::licenses::list::{self as lists, LicenseQuery};
use engine::licenses::{LicenseView, find};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::{self, Id, Parameters};
use crate::api::license_search::{LicenseParameters, query};
use crate::api::routes::{Routes, both};
use crate::api::words;

const X_TRUNCATED: HeaderName = HeaderName::from_static("x-truncated");

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/license", get(list));
    both(router, "/api/license/{key}", get(show))
}

/// A licence.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "client libraries expect each by its name"
)]
pub struct License {
    #[schema(example = "XXXX-XXXX-XXXX-XXXX")]
    activation_key: String,
    /// The holder's address, or blank.
    email: String,
    /// The device that was activated last, while it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    hardware_id: Option<String>,
    /// When it was; RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    activation_date: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339, UTC; perpetual is the end of 2049.
    #[schema(format = DateTime)]
    expiration_date: String,
    /// True while `state` is `active`.
    is_active: bool,
    /// `active`, `suspended`, `revoked` or `expired`, as of now.
    #[schema(value_type = words::LicenseState)]
    state: String,
    product_id: i32,
    product_name: String,
    /// The version that the activated program said.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// What it unlocks beside its product's and its plan's; for admins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    features: Vec<String>,
    /// For admins.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// True where it has seats or a company.
    is_corporate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_seats: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corporate_name: Option<String>,
    /// Seats taken.
    current_seats: i32,
    /// True where an offline code was made for it.
    is_offline: bool,
    /// The newest of them; in lists it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    offline_code: Option<String>,
    livemode: bool,
}

impl From<LicenseView> for License {
    fn from(view: LicenseView) -> Self {
        Self {
            activation_key: view.activation_key.to_string(),
            email: view.email,
            hardware_id: view.hardware_id,
            activation_date: view.activated_at.map(Timestamp::to_rfc3339),
            created_at: view.created_at.to_rfc3339(),
            expiration_date: view.expires_at.to_rfc3339(),
            is_active: view.state == LicenseState::Active,
            state: view.state.to_string(),
            product_id: view.product_id.get(),
            product_name: view.product_name,
            version: view.version,
            features: view.features,
            note: view.note,
            is_corporate: view.max_seats.is_some() || view.corporate_name.is_some(),
            max_seats: view.max_seats,
            corporate_name: view.corporate_name,
            current_seats: view.seats_used,
            is_offline: view.is_offline,
            offline_code: view.offline_code,
            livemode: view.livemode,
        }
    }
}

impl License {
    /// As the program on an activated device sees it: without what only admins read, and without
    /// another device's offline code.
    pub(super) fn on_device(mut view: LicenseView, device: &str) -> Self {
        view.note = None;
        view.features.clear();
        if view.offline_code_device.as_deref() != Some(device) {
            view.offline_code = None;
        }
        view.into()
    }
}

/// A page by its number.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NumberedLicensePage {
    items: Vec<License>,
    page: i64,
    page_size: i64,
    /// Exact up to 10,000.
    total_count: i64,
    total_pages: i64,
    /// True where there are more than were counted.
    total_is_lower_bound: bool,
}

/// A page, and where the next begins.
#[derive(Serialize, ToSchema)]
pub struct LicensePage {
    items: Vec<License>,
    /// Null on the last page.
    after: Option<String>,
}

/// Licences, in the form that was asked for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum LicenseList {
    /// Neither `page` nor `after`: the newest 1,000.
    Newest(Vec<License>),
    /// With `page`.
    Numbered(NumberedLicensePage),
    /// With `after`.
    After(LicensePage),
}

/// Licences, newest first: a bare array of the newest 1,000 (`X-Truncated: true` where there are
/// more); with `page` a numbered page; with `after` a page and where the next begins.
#[utoipa::path(get, path = "/api/license/", tag = "Licenses", params(LicenseParameters),
    responses((status = 200, body = LicenseList,
        headers(("X-Truncated" = bool, description = "true where there are more than 1,000")))))]
pub(super) async fn list(
    caller: Caller,
    Parameters(wanted): Parameters<LicenseParameters>,
) -> ApiResult {
    let number = input::page(wanted.page.as_ref())?;
    let query = query(&wanted)?;
    match (number, wanted.after) {
        (Some(_), Some(_)) => Err(ApiError::invalid("after", "Send page or after, not both.")),
        (Some(number), None) => numbered(&caller, &query, number).await,
        (None, Some(_)) => after(&caller, &query).await,
        (None, None) => newest(&caller, &query).await,
    }
}

async fn newest(caller: &Caller, query: &LicenseQuery) -> ApiResult {
    let (engine, actor) = caller.parts();
    let (views, is_truncated) = lists::newest(engine, actor, query).await?;
    let licenses = views.into_iter().map(License::from).collect();
    let mut response = Json(LicenseList::Newest(licenses)).into_response();
    if is_truncated {
        let headers = response.headers_mut();
        headers.insert(X_TRUNCATED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

async fn numbered(caller: &Caller, query: &LicenseQuery, number: i64) -> ApiResult {
    let (engine, actor) = caller.parts();
    let page = lists::numbered(engine, actor, query, number).await?;
    let answer = NumberedLicensePage {
        items: page.items.into_iter().map(License::from).collect(),
        page: number,
        page_size: query.limit,
        total_count: page.total,
        total_pages: page.total.div_euclid(query.limit)
            + i64::from(page.total.rem_euclid(query.limit) > 0),
        total_is_lower_bound: page.total_is_lower_bound,
    };
    Ok(Json(LicenseList::Numbered(answer)).into_response())
}

async fn after(caller: &Caller, query: &LicenseQuery) -> ApiResult {
    let (engine, actor) = caller.parts();
    let page = lists::execute(engine, actor, query).await?;
    let answer = LicensePage {
        items: page.items.into_iter().map(License::from).collect(),
        after: page.after.map(|place| place.to_string()),
    };
    Ok(Json(LicenseList::After(answer)).into_response())
}

/// One licence by its key, however it was pasted.
#[utoipa::path(get, path = "/api/license/{key}", tag = "Licenses", params(("key" = String, Path)),
    responses((status = 200, body = License)))]
pub(super) async fn show(caller: Caller, Id(key): Id<String>) -> ApiResult<Json<License>> {
    let (engine, actor) = caller.parts();
    let view = find::with_key(engine, actor, &key).await?;
    Ok(Json(view.into()))
}
