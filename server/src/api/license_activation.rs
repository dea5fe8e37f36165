//! `/api/license/activate` and `/api/license/deactivate`: a device takes a seat, and gives it back.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::ConnectInfo;
use axum::routing::post;
use domain::program_form::{ActivationForm, DeactivationForm};
use engine::licenses::{activate, deactivate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::error::ApiResult;
use crate::api::license::License;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/license/activate", post(activate));
    both(router, "/api/license/deactivate", post(deactivate))
}

/// The body of an activation.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `ActivationForm` reads")]
pub struct ActivationBody {
    /// A licence key however it was pasted, or an offline code.
    #[schema(min_length = 1)]
    activation_key: String,
    /// Who uses it; noted where it is an address, never compared.
    email: Option<String>,
    /// The device: up to 256 characters; case and spaces do not matter.
    #[schema(min_length = 1, max_length = 256)]
    hardware_id: String,
    /// The product by any name that it ever had.
    #[schema(min_length = 1)]
    product_name: String,
    /// The program's version.
    version: Option<String>,
}

/// The body of a deactivation; client libraries call the key `licenseKey` here.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `DeactivationForm` reads")]
pub struct DeactivationBody {
    /// A licence key however it was pasted, or an offline code.
    #[schema(min_length = 1)]
    license_key: String,
    /// The device that is activated.
    #[schema(min_length = 1, max_length = 256)]
    hardware_id: String,
    /// The product by any name that it ever had.
    #[schema(min_length = 1)]
    product_name: String,
}

/// A licence that is activated on the device that asked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivatedLicense {
    #[serde(flatten)]
    license: License,
    /// The newest version of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    server_version: Option<String>,
    /// The oldest version that is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_required_version: Option<String>,
}

/// A seat that was given back.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deactivated {
    /// Always true: what stands in the way is an error.
    is_deactivated: bool,
}

/// Binds a key to a device; on the same device again, the same answer. Any token may ask.
///
/// 404 `invalid_key`; 403 `expired`, `revoked`, `suspended`; 409 `product_mismatch`,
/// `already_activated`, `seats_exhausted`, `version_outdated`.
#[utoipa::path(post, path = "/api/license/activate", tag = "Programs", request_body = ActivationBody,
    responses((status = 200, body = ActivatedLicense),
        (status = 403, description = "`expired`, `revoked`, `suspended`."),
        (status = 404, description = "`invalid_key`: no licence has this key."),
        (status = 409, description = "`product_mismatch`, `already_activated`, `seats_exhausted`, \
            `version_outdated`.")))]
pub(super) async fn activate(
    caller: Caller,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    JsonBody(form): JsonBody<ActivationForm>,
) -> ApiResult<Json<ActivatedLicense>> {
    let (engine, actor) = caller.parts();
    let activated = activate::execute(engine, actor, &form, address.ip()).await?;
    let device = activated.hardware_id;
    Ok(Json(ActivatedLicense {
        license: License::on_device(activated.license, device.as_str()),
        server_version: activated.versions.server,
        minimum_required_version: activated.versions.minimum_required,
    }))
}

/// Gives the seat of a device back; once more, the same answer. Any token may ask.
///
/// 404 `invalid_key`; 409 `product_mismatch`, `hardware_mismatch`; 429 `cooldown`.
#[utoipa::path(post, path = "/api/license/deactivate", tag = "Programs",
    request_body = DeactivationBody,
    responses((status = 200, body = Deactivated),
        (status = 404, description = "`invalid_key`: no licence has this key."),
        (status = 409, description = "`product_mismatch`, `hardware_mismatch`."),
        (status = 429, description = "`cooldown`: the product allows the next one after `Retry-After`.")))]
pub(super) async fn deactivate(
    caller: Caller,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    JsonBody(form): JsonBody<DeactivationForm>,
) -> ApiResult<Json<Deactivated>> {
    let (engine, actor) = caller.parts();
    deactivate::execute(engine, actor, &form, address.ip()).await?;
    Ok(Json(Deactivated {
        is_deactivated: true,
    }))
}
