//! What a tenant sets about itself, and whether mails can be sent.

use domain::settings_form::SettingsForm;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::secret::SecretText;
use crate::sent::Sent;

/// The settings as their page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The tenant's name.
    pub company_name: String,
    /// Where customers write to; empty while none is set.
    pub support_address: String,
    /// Whether keys from test purchases are valid in programs.
    pub test_keys_valid: bool,
    /// Where mails go; none while they wait in the outbox.
    pub mail_server: Option<MailServer>,
    /// Whether the installation has one, for tenants without one of their own.
    pub is_mailer_installed: bool,
    /// The signed-in person's address, for a test mail.
    pub email: String,
    /// What happened to them, newest first.
    pub history: Vec<ChangeRow>,
    /// The server's clock.
    pub now: Timestamp,
    /// Whether whoever looks may change them.
    pub may_manage: bool,
}

/// Where mails go, without user and password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    /// Host and port.
    pub host: String,
    /// Who mails come from.
    pub sender: String,
    /// The tenant's own, or else the installation's.
    pub is_own: bool,
}

/// A mail server as it is typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MailServerInput {
    /// URL with user and password.
    pub mail_server_url: SecretText,
    /// Who mails come from.
    pub mail_sender: String,
}

/// The tenant's settings.
#[server]
pub async fn load_settings() -> Result<Sent<Settings>, UiError> {
    use crate::ssr::{pack, refuse, settings_page, signed_in};
    let who = signed_in().await?;
    pack(&settings_page(&who).await.map_err(refuse)?)
}

/// Saves name and support address.
#[server]
pub async fn save_settings(#[server(flatten)] form: SettingsForm) -> Result<Done, UiError> {
    use crate::ssr::{keep_settings, reply, signed_in};
    let who = signed_in().await?;
    let saved = keep_settings(&who, &form).await;
    reply::<SaveSettings>(saved, &form).await
}

/// Says whether keys from test purchases are valid in programs: `true` or `false`.
#[server]
pub async fn set_test_keys(valid: String) -> Result<Done, UiError> {
    use crate::ssr::{reply, signed_in, switch_test_keys};
    let who = signed_in().await?;
    let switched = switch_test_keys(&who, &valid).await;
    reply::<SetTestKeys>(switched, &[("valid", valid)]).await
}

/// Sets the tenant's own mail server; what is blank stays.
#[server]
pub async fn save_mail_server(#[server(flatten)] input: MailServerInput) -> Result<Done, UiError> {
    use crate::ssr::{keep_mail_server, reply, signed_in};
    let who = signed_in().await?;
    let saved = keep_mail_server(&who, &input).await;
    reply::<SaveMailServer>(saved, &input).await
}

/// Takes the tenant's own mail server away.
#[server]
pub async fn drop_mail_server() -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, drop_own_mail_server, reply, signed_in};
    let who = signed_in().await?;
    let dropped = drop_own_mail_server(&who).await;
    reply::<DropMailServer>(dropped, NOTHING).await
}

/// Sends a test mail to the person who asks.
#[server]
pub async fn send_server_test() -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, reply, signed_in, try_mail_server};
    let who = signed_in().await?;
    let sent = try_mail_server(&who).await;
    reply::<SendServerTest>(sent, NOTHING).await
}
