//! `/api/tenant-key`: the versions of the key that seals a tenant's secrets. The keys never come out.

use axum::Json;
use axum::routing::get;
use domain::timestamp::Timestamp;
use engine::keys::list_tenant_keys::TenantKeyView;
use engine::keys::{activate_tenant_key, list_tenant_keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    both(
        Routes::default(),
        "/api/tenant-key",
        get(list).post(activate),
    )
}

/// What may be known of a tenant key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantKey {
    /// Counts from 1.
    version: i32,
    /// `active` or `retired`.
    state: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    retired_at: Option<String>,
}

impl From<TenantKeyView> for TenantKey {
    fn from(view: TenantKeyView) -> Self {
        Self {
            version: view.version,
            state: view.state,
            created_at: view.created_at.to_rfc3339(),
            retired_at: view.retired_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// All versions, the newest first.
#[utoipa::path(get, path = "/api/tenant-key", tag = "Tenant keys",
    responses((status = 200, body = [TenantKey])))]
pub(super) async fn list(caller: Caller) -> ApiResult<Json<Vec<TenantKey>>> {
    let (engine, actor) = caller.parts();
    let views = list_tenant_keys::execute(engine, actor).await?;
    Ok(Json(views.into_iter().map(TenantKey::from).collect()))
}

/// Nothing needs to be said; send `{}`.
#[derive(Deserialize, ToSchema)]
pub struct NoWishes {}

/// The version that is active now.
#[derive(Serialize, ToSchema)]
pub struct ActivatedTenantKey {
    version: i32,
}

/// Makes a new key and activates it. Nothing has to be typed again.
#[utoipa::path(post, path = "/api/tenant-key", tag = "Tenant keys", request_body = NoWishes,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = ActivatedTenantKey)))]
pub(super) async fn activate(caller: Caller, call: Creating<NoWishes>) -> ApiResult<Made> {
    call.once(caller, async move |caller, _| {
        let (engine, actor) = caller.parts();
        let version = activate_tenant_key::execute(engine, actor).await?;
        Made::created(&ActivatedTenantKey { version })
    })
    .await
}
