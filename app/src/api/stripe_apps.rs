//! Stripe apps: an account's keys and signing secrets. Secrets go in and never come out.

use domain::stripe_app::StripeAppForm;
use domain::stripe_app_status::StripeAppStatus;
use domain::stripe_app_view::StripeAppView;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One app in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppRow {
    /// Id.
    pub id: String,
    /// Name as typed.
    pub name: String,
    /// Live or test account.
    pub is_live: bool,
    /// What else is to be known at a glance, such as its currency.
    pub marks: String,
    /// The end of its secret key, or empty.
    pub key_end: String,
    /// What it is ready for; `None` where it is archived.
    pub status: Option<StripeAppStatus>,
    /// What to do first, where something stands in its way.
    pub remedy: Option<String>,
}

/// An app's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppPage {
    /// The app; `None` on the page of a new one.
    pub app: Option<StripeAppView>,
    /// Since when it is archived, if it is.
    pub archived_at: Option<Timestamp>,
    /// The side of the switch that a new one starts on.
    pub livemode: bool,
    /// The address that any app's events may be sent to.
    pub shared_webhook_url: String,
    /// True where Stripe can send here by https.
    pub is_https: bool,
    /// Codes that Stripe charges in.
    pub currencies: Vec<String>,
    /// What happened to it, newest first.
    pub history: Vec<ChangeRow>,
    /// Whether whoever looks may change it.
    pub may_manage: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// The form, which holds secrets and so is kept out of Debug output.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppInput(pub StripeAppForm);

impl std::fmt::Debug for AppInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppInput")
    }
}

/// The tenant's apps, both sides of the switch.
#[server]
pub async fn load_apps() -> Result<Sent<Vec<AppRow>>, UiError> {
    use crate::ssr::{apps_in_use, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&apps_in_use(&who).await.map_err(refuse)?)
}

/// The tenant's archived apps, both sides of the switch.
#[server]
pub async fn load_archived_apps() -> Result<Sent<Vec<AppRow>>, UiError> {
    use crate::ssr::{archived_apps, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&archived_apps(&who).await.map_err(refuse)?)
}

/// One app, or with an empty id the page of a new one, for who may add it.
#[server]
pub async fn load_app(id: String) -> Result<Sent<AppPage>, UiError> {
    use crate::ssr::{app_page, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&app_page(&who, &id).await.map_err(refuse)?)
}

/// Saves an app; with an empty id a new one. Empty secrets keep the saved ones.
#[server]
pub async fn save_app(id: String, #[server(flatten)] input: AppInput) -> Result<Done, UiError> {
    use crate::ssr::{reply, save_stripe_app, signed_in};
    let who = signed_in().await?;
    let saved = save_stripe_app(&who, &id, &input.0).await;
    reply::<SaveApp>(saved, &input).await
}

/// Tries the saved secret key at Stripe.
#[server]
pub async fn check_app(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, check_stripe_app, reply, signed_in};
    let who = signed_in().await?;
    let outcome = check_stripe_app(&who, &id).await;
    reply::<CheckApp>(outcome, NOTHING).await
}

/// Archives an app.
#[server]
pub async fn archive_app(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, archive_stripe_app, reply, signed_in};
    let who = signed_in().await?;
    let outcome = archive_stripe_app(&who, &id).await;
    reply::<ArchiveApp>(outcome, NOTHING).await
}
