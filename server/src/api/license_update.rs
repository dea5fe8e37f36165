//! `PUT /api/license/{key}`: what people say of a licence.

use axum::Json;
use axum::routing::put;
use domain::license_update_form::LicenseUpdateForm;
use engine::licenses;
use utoipa::ToSchema;

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::license::License;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    both(Routes::default(), "/api/license/{key}", put(update))
}

/// Changes of a licence: what is absent stays, null and blank clear.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `LicenseUpdateForm` reads")]
pub struct LicenseUpdateBody {
    /// The holder's address.
    email: Option<String>,
    /// The holder's company.
    #[schema(max_length = 200)]
    corporate_name: Option<String>,
    /// Never fewer than are in use; null is a licence for one device.
    #[schema(minimum = 1, maximum = 1_000_000)]
    max_seats: Option<i32>,
    /// What it unlocks beside its product's and its plan's.
    features: Option<Vec<String>>,
    /// For admins; several lines.
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Changes what stands on a licence; its state and its end have calls of their own.
#[utoipa::path(put, path = "/api/license/{key}", tag = "Licenses",
    request_body = LicenseUpdateBody, params(("key" = String, Path)),
    responses((status = 200, body = License)))]
pub(super) async fn update(
    caller: Caller,
    Id(key): Id<String>,
    JsonBody(form): JsonBody<LicenseUpdateForm>,
) -> ApiResult<Json<License>> {
    let (engine, actor) = caller.parts();
    let view = licenses::update::execute(engine, actor, &key, &form).await?;
    Ok(Json(view.into()))
}
