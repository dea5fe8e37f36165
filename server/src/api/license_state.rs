//! `/api/license/{key}/…`: revoking, suspending, reinstating, extending a licence, sending its key
//! again, and making an offline code of it.

use axum::Json;
use axum::routing::post;
use domain::extension::ExtendForm;
use domain::resend_form::ResendForm;
use engine::licenses::{extend, hold, offline_code, resend};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, CreatingOrNothing, Made};
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::license::License;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/license/{key}/revoke", post(revoke));
    let router = both(router, "/api/license/{key}/suspend", post(suspend));
    let router = both(router, "/api/license/{key}/reinstate", post(reinstate));
    let router = both(router, "/api/license/{key}/extend", post(extend));
    let router = both(router, "/api/license/{key}/resend", post(resend));
    both(
        router,
        "/api/license/{key}/offline-code",
        post(make_offline_code),
    )
}

/// The body of an extension; exactly one of the two.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `ExtendForm` reads")]
pub struct ExtendBody {
    /// 1..=36500 days more, from the licence's end, or from now where that is past.
    #[schema(minimum = 1, maximum = 36500)]
    days: Option<i32>,
    /// A date (its last second), or an RFC 3339 time; 2049-12-31T23:59:59Z is perpetual.
    expiration_date: Option<String>,
}

/// The body of sending a key again.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `ResendForm` reads")]
pub struct ResendBody {
    /// Absent is the holder's address.
    email: Option<String>,
}

/// The device that an offline code is for.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfflineCodeBody {
    /// Up to 256 characters; case and spaces do not matter. It takes a seat of the licence.
    #[schema(min_length = 1, max_length = 256)]
    hardware_id: String,
}

/// Takes a licence back for good, unless it is reinstated. Wants `manage`, as all changes do.
#[utoipa::path(post, path = "/api/license/{key}/revoke", tag = "Licenses",
    params(("key" = String, Path)),
    responses((status = 200, body = License)))]
pub(super) async fn revoke(caller: Caller, Id(key): Id<String>) -> ApiResult<Json<License>> {
    let (engine, actor) = caller.parts();
    Ok(Json(hold::revoke(engine, actor, &key).await?.into()))
}

/// Holds a licence back for a while.
#[utoipa::path(post, path = "/api/license/{key}/suspend", tag = "Licenses",
    params(("key" = String, Path)),
    responses((status = 200, body = License)))]
pub(super) async fn suspend(caller: Caller, Id(key): Id<String>) -> ApiResult<Json<License>> {
    let (engine, actor) = caller.parts();
    Ok(Json(hold::suspend(engine, actor, &key).await?.into()))
}

/// Lifts what was revoked or suspended by hand; 409 `held_by_payment` where a payment holds it back.
#[utoipa::path(post, path = "/api/license/{key}/reinstate", tag = "Licenses",
    params(("key" = String, Path)),
    responses((status = 200, body = License), (status = 409, description = "`held_by_payment`.")))]
pub(super) async fn reinstate(caller: Caller, Id(key): Id<String>) -> ApiResult<Json<License>> {
    let (engine, actor) = caller.parts();
    Ok(Json(hold::reinstate(engine, actor, &key).await?.into()))
}

/// Gives a licence another end.
#[utoipa::path(post, path = "/api/license/{key}/extend", tag = "Licenses", request_body = ExtendBody,
    params(("key" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = License)))]
pub(super) async fn extend(
    caller: Caller,
    Id(key): Id<String>,
    call: Creating<ExtendForm>,
) -> ApiResult<Made> {
    call.once(caller, async move |caller, form| {
        let (engine, actor) = caller.parts();
        let view = extend::execute(engine, actor, &key, &form).await?;
        Made::ok(&License::from(view))
    })
    .await
}

/// Mails a licence's key again, alone, to its holder or to another address. Without a body: to its holder.
#[utoipa::path(post, path = "/api/license/{key}/resend", tag = "Licenses",
    request_body = Option<ResendBody>,
    params(("key" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = License)))]
pub(super) async fn resend(
    caller: Caller,
    Id(key): Id<String>,
    CreatingOrNothing(call): CreatingOrNothing<ResendForm>,
) -> ApiResult<Made> {
    call.once(caller, async move |caller, form| {
        let (engine, actor) = caller.parts();
        let view = resend::execute(engine, actor, &key, &form).await?;
        Made::ok(&License::from(view))
    })
    .await
}

/// Makes an offline code of a licence for one device, which takes a seat. Wants `generate`.
#[utoipa::path(post, path = "/api/license/{key}/offline-code", tag = "Licenses",
    request_body = OfflineCodeBody,
    params(("key" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = License),
        (status = 403, description = "`expired`, `revoked`, `suspended`."),
        (status = 409, description = "`already_activated`, `seats_exhausted`.")))]
pub(super) async fn make_offline_code(
    caller: Caller,
    Id(key): Id<String>,
    call: Creating<OfflineCodeBody>,
) -> ApiResult<Made> {
    call.once(caller, async move |caller, body| {
        let (engine, actor) = caller.parts();
        let view = offline_code::execute(engine, actor, &key, &body.hardware_id).await?;
        Made::ok(&License::from(view))
    })
    .await
}
