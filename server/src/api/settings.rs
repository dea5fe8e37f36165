//! `/api/settings`: what a tenant sets about itself, and whether mails can be sent.

use axum::Json;
use axum::routing::{get, post};
use domain::settings_form::{SettingsForm, TenantSettings};
use engine::settings::mail_server::{self, UsedMailServer};
use engine::settings::{read, send_test_mail as send, update};
use engine::{Actor, Engine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/settings", get(show).put(change));
    both(router, "/api/settings/test-mail", post(send_test_mail))
}

/// A tenant's settings.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    company_name: String,
    /// Where customers write to; tickets are mailed there. Blank while none is set.
    support_address: String,
    /// Whether keys from test purchases are valid in programs.
    test_keys_valid: bool,
    /// Null where none is set: mails wait in the outbox.
    mail_server: Option<SettingsMailServer>,
}

/// Where mails go; user and password never come out.
#[derive(Serialize, ToSchema)]
pub struct SettingsMailServer {
    /// Host and port.
    host: String,
    /// Who mails come from.
    sender: String,
    /// The tenant's own; else the installation's.
    own: bool,
}

impl From<UsedMailServer> for SettingsMailServer {
    fn from(used: UsedMailServer) -> Self {
        Self {
            host: used.server.host,
            sender: used.server.sender,
            own: used.is_own,
        }
    }
}

async fn answer(
    engine: &Engine,
    actor: &Actor,
    settings: TenantSettings,
) -> ApiResult<Json<Settings>> {
    let mail_server = mail_server::execute(engine, actor).await?;
    Ok(Json(Settings {
        company_name: settings.company_name,
        support_address: settings.support_address,
        test_keys_valid: settings.test_keys_valid,
        mail_server: mail_server.map(SettingsMailServer::from),
    }))
}

/// The settings.
#[utoipa::path(get, path = "/api/settings", tag = "Settings",
    responses((status = 200, body = Settings)))]
pub(super) async fn show(caller: Caller) -> ApiResult<Json<Settings>> {
    let (engine, actor) = caller.parts();
    let settings = read::execute(engine, actor).await?;
    answer(engine, actor, settings).await
}

/// Changes of the settings; what is absent stays.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `SettingsForm` reads")]
pub struct SettingsBody {
    #[schema(min_length = 1, max_length = 100)]
    company_name: Option<String>,
    /// One address; null or blank takes it away.
    support_address: Option<String>,
    /// False once the tenant is live: then keys from test purchases open nothing.
    test_keys_valid: Option<bool>,
    /// A mail server of the tenant's own, with user and password; write-only, blank keeps it:
    /// `smtp://user:password@host:587?tls=required` or `smtps://…`.
    #[schema(write_only)]
    mail_server_url: Option<String>,
    /// Who mails come from over that server, an address with or without a name; blank keeps it.
    mail_sender: Option<String>,
    /// False takes the tenant's own mail server away.
    own_mail_server: Option<bool>,
}

/// Changes the settings; answers them as they are now.
#[utoipa::path(put, path = "/api/settings", tag = "Settings", request_body = SettingsBody,
    responses((status = 200, body = Settings)))]
pub(super) async fn change(
    caller: Caller,
    JsonBody(form): JsonBody<SettingsForm>,
) -> ApiResult<Json<Settings>> {
    let (engine, actor) = caller.parts();
    let settings = update::execute(engine, actor, &form).await?;
    answer(engine, actor, settings).await
}

/// Where a test mail goes.
#[derive(Deserialize, ToSchema)]
pub struct ServerTestMail {
    /// Address.
    #[schema(format = "email")]
    email: String,
}

/// A mail that was queued.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueuedTestMail {
    /// Id of the mail: `/api/mail/{id}`.
    mail_id: Uuid,
}

/// Queues a mail that says that mails arrive.
#[utoipa::path(post, path = "/api/settings/test-mail", tag = "Settings",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = ServerTestMail,
    responses((status = 201, body = QueuedTestMail)))]
pub(super) async fn send_test_mail(
    caller: Caller,
    call: Creating<ServerTestMail>,
) -> ApiResult<Made> {
    call.once(caller, async move |caller, to| {
        let (engine, actor) = caller.parts();
        let mail_id = send::execute(engine, actor, &to.email).await?.get();
        Made::created(&QueuedTestMail { mail_id })
    })
    .await
}
