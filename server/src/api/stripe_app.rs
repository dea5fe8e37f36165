//! `/api/stripe/apps` and `/api/stripe/diagnostics`: accounts at Stripe. Secrets go in and never come out.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use domain::ids::StripeAppId;
use domain::stripe_app::StripeAppForm;
use domain::timestamp::Timestamp;
use engine::stripe::apps::{self, AppView};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::new_things::NewStripeApp;
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let router = both(
        Routes::default(),
        "/api/stripe/apps",
        get(list).post(create),
    );
    let one = get(find).put(update).delete(archive);
    let router = both(router, "/api/stripe/apps/{id}", one);
    let router = both(router, "/api/stripe/apps/{id}/check", post(check));
    both(router, "/api/stripe/diagnostics", get(diagnostics))
}

/// A Stripe app.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the app's page"
)]
pub struct StripeApp {
    id: Uuid,
    name: String,
    /// `pk_…`, or blank.
    publishable_key: String,
    /// Live or test account.
    is_live: bool,
    /// Inactive apps verify nothing.
    is_active: bool,
    /// The one used where none is named.
    is_default: bool,
    /// ISO code; new products begin with it, where this is the default app.
    default_currency: String,
    /// A secret key is saved and can be decrypted.
    has_secret: bool,
    /// Its last four characters, or blank.
    secret_key_last_four: String,
    /// A signing secret is saved and can be decrypted.
    has_webhook_signing_secret: bool,
    /// Its last four characters, or blank.
    webhook_signing_secret_last_four: String,
    /// Until when the signing secret before the last roll counts too. RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    previous_webhook_signing_secret_until: Option<String>,
    /// `Ready`, `Partial` or `Not configured`.
    #[schema(value_type = words::StripeAppStatus)]
    status: String,
    /// Where Stripe should send this app's events.
    webhook_url: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<AppView> for StripeApp {
    fn from(view: AppView) -> Self {
        let until = view.previous_signing_secret_until;
        Self {
            id: view.id.get(),
            name: view.name,
            publishable_key: view.publishable_key,
            is_live: view.is_live,
            is_active: view.is_active,
            is_default: view.is_default,
            default_currency: view.default_currency,
            has_secret: view.has_secret,
            secret_key_last_four: view.secret_key_last_four,
            has_webhook_signing_secret: view.has_webhook_signing_secret,
            webhook_signing_secret_last_four: view.signing_secret_last_four,
            previous_webhook_signing_secret_until: until.map(Timestamp::to_rfc3339),
            status: view.status.to_string(),
            webhook_url: view.webhook_url,
            created_at: view.created_at.to_rfc3339(),
        }
    }
}

/// The body of a Stripe app; what is absent keeps its value, secrets too.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `StripeAppForm` reads")]
pub struct StripeAppBody {
    /// Required on a new app.
    name: Option<String>,
    /// `pk_…`
    publishable_key: Option<String>,
    /// `sk_…` or `rk_…`; write-only.
    #[schema(write_only)]
    secret_key: Option<String>,
    /// `whsec_…`; write-only.
    #[schema(write_only)]
    webhook_signing_secret: Option<String>,
    /// The signing secret before a roll, taken for 24 hours more; write-only.
    #[schema(write_only)]
    previous_webhook_signing_secret: Option<String>,
    /// Live, or else test; must agree with the keys.
    is_live: Option<bool>,
    /// Inactive apps verify nothing.
    is_active: Option<bool>,
    /// The one used where none is named.
    is_default: Option<bool>,
    /// ISO code; new products begin with it, where this is the default app.
    default_currency: Option<String>,
}

/// All apps that are not archived.
#[utoipa::path(get, path = "/api/stripe/apps", tag = "Stripe",
    responses((status = 200, body = [StripeApp])))]
pub(super) async fn list(caller: Caller) -> ApiResult<Json<Vec<StripeApp>>> {
    let (engine, actor) = caller.parts();
    let views = apps::list::execute(engine, actor).await?;
    Ok(Json(views.into_iter().map(StripeApp::from).collect()))
}

/// A new app. A signing secret that another app of the installation has is refused.
#[utoipa::path(post, path = "/api/stripe/apps", tag = "Stripe", request_body = NewStripeApp,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = StripeApp)))]
pub(super) async fn create(caller: Caller, call: Creating<StripeAppForm>) -> ApiResult<Made> {
    call.once(caller, async move |caller, form| {
        let (engine, actor) = caller.parts();
        let id = apps::save::create(engine, actor, &form).await?;
        let view = apps::list::find(engine, actor, id).await?;
        Made::created(&StripeApp::from(view))
    })
    .await
}

/// One app.
#[utoipa::path(get, path = "/api/stripe/apps/{id}", tag = "Stripe", params(("id" = Uuid, Path)),
    responses((status = 200, body = StripeApp)))]
pub(super) async fn find(caller: Caller, Id(id): Id<StripeAppId>) -> ApiResult<Json<StripeApp>> {
    let (engine, actor) = caller.parts();
    let view = apps::list::find(engine, actor, id).await?;
    Ok(Json(view.into()))
}

/// Changes an app; what is absent keeps its value, secrets too.
#[utoipa::path(put, path = "/api/stripe/apps/{id}", tag = "Stripe", params(("id" = Uuid, Path)),
    request_body = StripeAppBody,
    responses((status = 200, body = StripeApp)))]
pub(super) async fn update(
    caller: Caller,
    Id(id): Id<StripeAppId>,
    JsonBody(form): JsonBody<StripeAppForm>,
) -> ApiResult<Json<StripeApp>> {
    let (engine, actor) = caller.parts();
    apps::save::update(engine, actor, id, &form).await?;
    let view = apps::list::find(engine, actor, id).await?;
    Ok(Json(view.into()))
}

/// Archives an app and forgets its secrets; its events and orders stay.
#[utoipa::path(delete, path = "/api/stripe/apps/{id}", tag = "Stripe", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn archive(caller: Caller, Id(id): Id<StripeAppId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    apps::archive::execute(engine, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries the app's secret key at Stripe. 204: Stripe took it; 502: what Stripe said against it.
#[utoipa::path(post, path = "/api/stripe/apps/{id}/check", tag = "Stripe",
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 409, description = "`app_not_configured`: it has no secret key."),
        (status = 502, description = "`upstream`: what Stripe said.")))]
pub(super) async fn check(caller: Caller, Id(id): Id<StripeAppId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    apps::check_key::execute(engine, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What stands in an app's way. The names are those that the integration guide promises.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the guide promises each by its name"
)]
pub struct Diagnosis {
    id: Uuid,
    name: String,
    is_live: bool,
    is_active: bool,
    is_default: bool,
    /// A secret key is saved and can be decrypted.
    has_secret: bool,
    /// A signing secret is saved and can be decrypted.
    has_webhook_signing_secret: bool,
    /// `Ready`, `Partial` or `Not configured`.
    #[schema(value_type = words::StripeAppStatus)]
    status: String,
    /// Cause and remedy, each in a sentence.
    problems: Vec<DiagnosedProblem>,
}

/// One thing that stands in an app's way.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct DiagnosedProblem {
    /// What is wrong.
    cause: String,
    /// What to do.
    remedy: String,
}

/// Whether the saved secrets of each app can be decrypted, and what stands in its way. Nothing secret.
#[utoipa::path(get, path = "/api/stripe/diagnostics", tag = "Stripe",
    responses((status = 200, body = [Diagnosis])))]
pub(super) async fn diagnostics(caller: Caller) -> ApiResult<Json<Vec<Diagnosis>>> {
    let (engine, actor) = caller.parts();
    let views = apps::list::execute(engine, actor).await?;
    let diagnosis = |view: AppView| Diagnosis {
        id: view.id.get(),
        name: view.name,
        is_live: view.is_live,
        is_active: view.is_active,
        is_default: view.is_default,
        has_secret: view.has_secret,
        has_webhook_signing_secret: view.has_webhook_signing_secret,
        status: view.status.to_string(),
        problems: view
            .problems
            .into_iter()
            .map(|problem| DiagnosedProblem {
                cause: problem.cause,
                remedy: problem.remedy,
            })
            .collect(),
    };
    Ok(Json(views.into_iter().map(diagnosis).collect()))
}
