//! Stripe apps: an account's keys and signing secrets. Secrets go in and never come out.

use domain::ids::StripeAppId;
use domain::stripe_app::StripeAppForm;
use domain::stripe_app_status::Problem;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One app as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch or a mark of its own on the app's page"
)]
pub struct AppDetail {
    /// Id.
    pub id: StripeAppId,
    /// Name.
    pub name: String,
    /// `pk_…`, or empty.
    pub publishable_key: String,
    /// A secret key is saved and can be opened.
    pub has_secret: bool,
    /// Its last four characters.
    pub secret_key_last_four: String,
    /// A signing secret is saved and can be opened.
    pub has_webhook_signing_secret: bool,
    /// Its last four characters.
    pub signing_secret_last_four: String,
    /// Until when the signing secret before the last roll counts too.
    pub previous_signing_secret_until: Option<Timestamp>,
    /// Live or test account.
    pub is_live: bool,
    /// Inactive apps verify nothing.
    pub is_active: bool,
    /// The one used where none is named.
    pub is_default: bool,
    /// ISO code.
    pub default_currency: String,
    /// `Ready`, `Partial` or `Not configured`.
    pub status: String,
    /// What stands in its way, with causes and remedies.
    pub problems: Vec<Problem>,
    /// Where Stripe should send this app's events.
    pub webhook_url: String,
}

/// An app's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppPage {
    /// The app; `None` on the page of a new one.
    pub app: Option<AppDetail>,
    /// The side of the switch that a new one starts on.
    pub livemode: bool,
    /// The address that any app's events may be sent to.
    pub shared_webhook_url: String,
    /// True where Stripe can send here by https.
    pub is_https: bool,
    /// Codes that Stripe charges in.
    pub currencies: Vec<String>,
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
pub async fn load_apps() -> Result<Sent<Vec<AppDetail>>, UiError> {
    use crate::ssr::{app_detail, pack, refuse, signed_in};
    let who = signed_in().await?;
    let apps = engine::stripe::apps::list::execute(&who.engine, &who.actor).await;
    let apps: Vec<_> = apps.map_err(refuse)?.into_iter().map(app_detail).collect();
    pack(&apps)
}

/// One app, or with an empty id the page of a new one.
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
