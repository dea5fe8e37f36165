//! `/api/license/validate`, `…/features/csv` and `…/{key}/usage`: what programs ask about their licence.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use axum::{Extension, Json};
use domain::program_form::{FeaturesForm, ValidationForm};
use engine::licenses::usage;
use engine::licenses::validate::{self, Validation};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::routes::{Routes, both};
use crate::api::words;
use crate::middleware::rate_limit::UnknownKey;

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/license/validate", post(validate));
    let router = both(router, "/api/license/features/csv", post(features));
    both(router, "/api/license/{key}/usage", get(seats))
}

/// The body of a validation.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `ValidationForm` reads")]
pub struct ValidationBody {
    /// A licence key however it was pasted, or an offline code; blank or absent means a trial.
    activation_key: Option<String>,
    /// The device: up to 256 characters; case and spaces do not matter.
    #[schema(min_length = 1, max_length = 256)]
    hardware_id: String,
    /// The product by any name that it ever had; a trial needs it, a key does without.
    product_name: Option<String>,
    /// The program's version.
    version: Option<String>,
}

/// Whether the program may run here and now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidationAnswer {
    is_valid: bool,
    /// `licensed`, `trial`, `expired`, `invalid` or `version_outdated`.
    #[schema(value_type = words::ValidationStatus)]
    status: &'static str,
    /// The licence's end, else the trial's, else now; RFC 3339, UTC. Perpetual is the end of 2049.
    #[schema(format = DateTime)]
    expiration_date: String,
    /// What is unlocked; empty where it is not valid.
    features: Vec<String>,
    /// The newest version of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    server_version: Option<String>,
    /// The oldest version that is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_required_version: Option<String>,
    /// Days until the last one; absent where there is no end to count to.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_days: Option<i64>,
    /// `ok`; `not_found`, `revoked`, `suspended`, `not_activated`, `hardware_mismatch`,
    /// `product_mismatch`, `test_key`, `trial_used`; `expired`, `trial_over`; `version_outdated`.
    #[schema(value_type = words::ValidationCode)]
    code: &'static str,
    /// One sentence that says what to do.
    message: &'static str,
}

impl From<Validation> for ValidationAnswer {
    fn from(validation: Validation) -> Self {
        let verdict = validation.verdict;
        Self {
            is_valid: verdict.is_valid,
            status: verdict.status.as_str(),
            expiration_date: verdict.expires_at.to_rfc3339(),
            features: verdict.features,
            server_version: validation.versions.server,
            minimum_required_version: validation.versions.minimum_required,
            remaining_days: verdict.remaining_days,
            code: verdict.code.as_str(),
            message: verdict.message,
        }
    }
}

/// The body of a question for features.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `FeaturesForm` reads")]
pub struct FeaturesBody {
    /// A licence key however it was pasted, or an offline code.
    #[schema(min_length = 1)]
    activation_key: String,
}

/// What a licence unlocks.
#[derive(Serialize, ToSchema)]
pub struct FeaturesAnswer {
    /// `a,b,c`; blank while the licence is not valid.
    features: String,
}

/// The seats of a multi-seat licence.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatUsage {
    /// Seats taken.
    current_seats: i32,
    /// Seats in all.
    max_seats: Option<i32>,
    has_capacity: bool,
    is_unlimited: bool,
}

/// Whether a program may run here and now: 200 for every body that can be read. Wants `verify`.
#[utoipa::path(post, path = "/api/license/validate", tag = "Programs", request_body = ValidationBody,
    responses((status = 200, body = ValidationAnswer)))]
pub(super) async fn validate(
    caller: Caller,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    JsonBody(form): JsonBody<ValidationForm>,
) -> ApiResult<(Option<Extension<UnknownKey>>, Json<ValidationAnswer>)> {
    let (engine, actor) = caller.parts();
    let validation = validate::execute(engine, actor, &form, address.ip()).await?;
    let mark = validation.is_key_unknown.then_some(Extension(UnknownKey));
    Ok((mark, Json(validation.into())))
}

/// What a licence unlocks, whichever device asks. Any token may ask.
#[utoipa::path(post, path = "/api/license/features/csv", tag = "Programs",
    request_body = FeaturesBody,
    responses((status = 200, body = FeaturesAnswer),
        (status = 404, description = "`invalid_key`: no licence has this key.")))]
pub(super) async fn features(
    caller: Caller,
    JsonBody(form): JsonBody<FeaturesForm>,
) -> ApiResult<Json<FeaturesAnswer>> {
    let (engine, actor) = caller.parts();
    let features = usage::features(engine, actor, &form).await?;
    Ok(Json(FeaturesAnswer { features }))
}

/// The seats of a multi-seat licence; 404 for a licence of one device. Any token may ask.
#[utoipa::path(get, path = "/api/license/{key}/usage", tag = "Programs",
    params(("key" = String, Path)),
    responses((status = 200, body = SeatUsage)))]
pub(super) async fn seats(caller: Caller, Id(key): Id<String>) -> ApiResult<Json<SeatUsage>> {
    let (engine, actor) = caller.parts();
    let seats = usage::seats(engine, actor, &key).await?;
    Ok(Json(SeatUsage {
        current_seats: seats.used,
        max_seats: seats.max,
        has_capacity: seats.has_capacity(),
        is_unlimited: seats.max.is_none(),
    }))
}
