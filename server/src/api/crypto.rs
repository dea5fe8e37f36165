//! `/api/crypto/keys`: the public keys that programs verify offline codes with.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use domain::signing_key_form::SigningKeyForm;
use domain::timestamp::Timestamp;
use engine::crypto::signing_keys::{self, PublicKeyView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let router = both(
        Routes::default(),
        "/api/crypto/keys",
        get(list).post(rotate),
    );
    both(router, "/api/crypto/keys/public", get(current))
}

/// A public key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyingKey {
    /// Counted from 1.
    version: i32,
    /// True for the one that signs now.
    is_active: bool,
    /// How large it is: 2048 or 3072.
    bits: usize,
    /// PEM, `BEGIN PUBLIC KEY`.
    public_key: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// When the next one took its place; RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    retired_at: Option<String>,
}

impl From<PublicKeyView> for VerifyingKey {
    fn from(view: PublicKeyView) -> Self {
        Self {
            version: view.version,
            is_active: view.is_active,
            bits: view.bits,
            public_key: view.pem,
            created_at: view.created_at.to_rfc3339(),
            retired_at: view.retired_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// How the new pair is made; `{}` is 2048 bits.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `SigningKeyForm` reads")]
pub struct NewPairBody {
    /// 2048 or 3072; absent is 2048.
    #[schema(minimum = 2048, maximum = 3072, multiple_of = 1024)]
    bits: Option<i32>,
}

/// The public key of the pair that signs offline codes now, as PEM. Any token may read it.
#[utoipa::path(get, path = "/api/crypto/keys/public", tag = "Programs",
    responses((status = 200, content((String = "text/plain")))))]
pub(super) async fn current(caller: Caller) -> ApiResult {
    let (engine, actor) = caller.parts();
    let key = signing_keys::current(engine, actor).await?;
    let kind = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, key.pem).into_response())
}

/// The public keys, current and former, newest first. Any token may read them.
#[utoipa::path(get, path = "/api/crypto/keys", tag = "Programs",
    responses((status = 200, body = [VerifyingKey])))]
pub(super) async fn list(caller: Caller) -> ApiResult<Json<Vec<VerifyingKey>>> {
    let (engine, actor) = caller.parts();
    let keys = signing_keys::list(engine, actor).await?;
    Ok(Json(keys.into_iter().map(VerifyingKey::from).collect()))
}

/// Makes a new pair that signs from now on. Former codes are still taken here; programs need the new
/// public key before they take new codes. Wants `manage`.
#[utoipa::path(post, path = "/api/crypto/keys", tag = "Licenses", request_body = NewPairBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = VerifyingKey)))]
pub(super) async fn rotate(caller: Caller, call: Creating<SigningKeyForm>) -> ApiResult<Made> {
    call.once(caller, async move |caller, form| {
        let (engine, actor) = caller.parts();
        let key = signing_keys::rotate(engine, actor, &form).await?;
        Made::created(&VerifyingKey::from(key))
    })
    .await
}
