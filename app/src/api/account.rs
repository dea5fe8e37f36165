//! A person's own account: the second factor, the browsers that are signed in, the companies.

use domain::role::Role;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;
use crate::secret::SecretText;
use crate::sent::Sent;

/// Everything on the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// Address.
    pub email: String,
    /// The time zone that times are read in; empty is UTC.
    pub time_zone: String,
    /// The zones to choose from.
    pub time_zones: Vec<String>,
    /// Codes at sign-in.
    pub second_factor: SecondFactor,
    /// Where the person is signed in, last seen first.
    pub browsers: Vec<BrowserRow>,
    /// Where the person belongs to, in the order of joining.
    pub companies: Vec<CompanyRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// How it stands with the second factor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Since when it is on.
    pub since: Option<Timestamp>,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// What waits for its first right code.
    pub waiting: Option<WaitingSecret>,
    /// Recovery codes that were just made, this once; none otherwise.
    pub new_codes: Vec<SecretText>,
}

/// A secret on its way into an authenticator app.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WaitingSecret {
    /// To type in.
    pub secret: SecretText,
    /// To open on the device that has the app.
    pub url: SecretText,
    /// To scan: an image as a `data:` URL.
    pub picture: SecretText,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserRow {
    /// Id of its session.
    pub id: String,
    /// `Firefox on Linux`, as far as it can be told.
    pub name: String,
    /// Where it signed in from.
    pub address: String,
    /// When it signed in.
    pub signed_in_at: Timestamp,
    /// When it was last seen.
    pub last_seen_at: Timestamp,
    /// True for the one that shows this.
    pub is_this: bool,
}

/// A tenant that the person belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyRow {
    /// Id.
    pub id: i32,
    /// Name.
    pub name: String,
    /// What the person may do there.
    pub role: Role,
    /// True for the one that is looked at.
    pub is_present: bool,
}

/// A time zone as it is chosen.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TimeZoneInput {
    /// IANA's name; empty is UTC.
    pub time_zone: String,
}

/// The present password, and the one to come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PasswordInput {
    /// The one that the person signs in with.
    pub current_password: SecretText,
    /// The one that takes its place.
    pub new_password: SecretText,
}

/// The person's own account.
#[server]
pub async fn load_account() -> Result<Sent<Account>, UiError> {
    use crate::ssr::{account_page, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&account_page(&who).await.map_err(refuse)?)
}

/// Chooses the time zone that times are read in; empty is UTC.
#[server]
pub async fn choose_time_zone(#[server(flatten)] input: TimeZoneInput) -> Result<Done, UiError> {
    use crate::ssr::{choose_zone, reply, signed_in};
    let who = signed_in().await?;
    let chosen = choose_zone(&who, &input.time_zone).await;
    reply::<ChooseTimeZone>(chosen, &input).await
}

/// Replaces the person's password and signs all their other browsers out.
#[server]
pub async fn change_password(#[server(flatten)] input: PasswordInput) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, choose_password, reply, signed_in};
    let who = signed_in().await?;
    let changed = choose_password(&who, input).await;
    reply::<ChangePassword>(changed, NOTHING).await
}

/// Signs one of the person's browsers out.
#[server]
pub async fn end_session(id: String) -> Result<Done, UiError> {
    use crate::ssr::{end_browser, reply, signed_in};
    let who = signed_in().await?;
    let ended = end_browser(&who, &id).await;
    reply::<EndSession>(ended, &[("id", id)]).await
}

/// Goes on in another of the person's companies.
#[server]
pub async fn choose_company(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, go_to_company, reply, signed_in};
    let who = signed_in().await?;
    let gone = go_to_company(&who, &id).await;
    reply::<ChooseCompany>(gone, NOTHING).await
}

/// Draws a secret for an authenticator app.
#[server]
pub async fn begin_second_factor() -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, draw_second_factor, reply, signed_in};
    let who = signed_in().await?;
    let begun = draw_second_factor(&who).await;
    reply::<BeginSecondFactor>(begun, NOTHING).await
}

/// Turns the second factor on; the next page shows the recovery codes, once.
#[server]
pub async fn confirm_second_factor(code: SecretText) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, reply, signed_in, turn_second_factor_on};
    let who = signed_in().await?;
    let confirmed = turn_second_factor_on(&who, code).await;
    reply::<ConfirmSecondFactor>(confirmed, NOTHING).await
}

/// Turns the second factor off; `proof` is the password or a code.
#[server]
pub async fn end_own_second_factor(proof: SecretText) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, reply, signed_in, turn_second_factor_off};
    let who = signed_in().await?;
    let ended = turn_second_factor_off(&who, proof).await;
    reply::<EndOwnSecondFactor>(ended, NOTHING).await
}
