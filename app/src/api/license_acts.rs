//! What people do with license keys: generate, edit, hold back, extend, send again, make offline codes, free
//! seats.

use std::fmt;

use domain::extension::ExtendForm;
use domain::license_form::LicenseForm;
use domain::license_update_form::LicenseUpdateForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// What keys can be generated for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseChoices {
    /// Ids and names of products on sale.
    pub products: Vec<(String, String)>,
    /// Ids and names, with their lengths, of plans on sale.
    pub plans: Vec<(String, String)>,
    /// True where the keys will be for customers.
    pub livemode: bool,
}

/// What keys can be generated for.
#[server]
pub async fn load_license_choices() -> Result<Sent<LicenseChoices>, UiError> {
    use crate::ssr::{license_choices, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&license_choices(&who).await.map_err(refuse)?)
}

/// The form of new keys. It names a holder: its `Debug` says nothing of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GenerateForm(pub LicenseForm);

impl fmt::Debug for GenerateForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateForm").finish_non_exhaustive()
    }
}

/// Generates keys on the chosen side; the next page shows them.
#[server]
pub async fn generate_licenses(#[server(flatten)] form: GenerateForm) -> Result<Done, UiError> {
    use crate::ssr::{make_licenses, reply, signed_in};
    let who = signed_in().await?;
    let made = make_licenses(&who, &form.0).await;
    reply::<GenerateLicenses>(made, &form).await
}

/// Revokes, suspends or reinstates a key; `change` is the verb.
#[server]
pub async fn change_license_state(id: String, change: String) -> Result<Done, UiError> {
    use crate::ssr::{change_hold, reply, signed_in};
    let who = signed_in().await?;
    let changed = change_hold(&who, &id, &change).await;
    reply::<ChangeLicenseState>(changed, &[("id", id), ("change", change)]).await
}

/// Takes a key's seat from a device that cannot give it back itself; `hardware` is its hardware id.
#[server]
pub async fn deactivate_device(id: String, hardware: String) -> Result<Done, UiError> {
    use crate::ssr::{free_seat, reply, signed_in};
    let who = signed_in().await?;
    let freed = free_seat(&who, &id, &hardware).await;
    reply::<DeactivateDevice>(freed, &[("id", id), ("hardware", hardware)]).await
}

/// The form of a key's holder, company, seats, features and note: its `Debug` says nothing of them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UpdateForm(pub LicenseUpdateForm);

impl fmt::Debug for UpdateForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateForm").finish_non_exhaustive()
    }
}

/// Changes what people say of a key.
#[server]
pub async fn update_license(
    id: String,
    #[server(flatten)] form: UpdateForm,
) -> Result<Done, UiError> {
    use crate::ssr::{reply, save_license, signed_in};
    let who = signed_in().await?;
    let saved = save_license(&who, &id, &form.0).await;
    reply::<UpdateLicense>(saved, &form).await
}

/// Gives a key another end.
#[server]
pub async fn extend_license(
    id: String,
    #[server(flatten)] form: ExtendForm,
) -> Result<Done, UiError> {
    use crate::ssr::{extend, reply, signed_in};
    let who = signed_in().await?;
    let extended = extend(&who, &id, &form).await;
    reply::<ExtendLicense>(extended, &form).await
}

/// Mails a key again, to this address.
#[server]
pub async fn resend_license(id: String, email: String) -> Result<Done, UiError> {
    use crate::ssr::{mail_license, reply, signed_in};
    let who = signed_in().await?;
    let sent = mail_license(&who, &id, &email).await;
    reply::<ResendLicense>(sent, &[("email", email)]).await
}

/// The device that an offline code is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OfflineCodeForm {
    /// As its program shows it.
    pub hardware_id: String,
}

/// Makes a key's offline code for one device; the page shows it.
#[server]
pub async fn make_offline_code(
    id: String,
    #[server(flatten)] form: OfflineCodeForm,
) -> Result<Done, UiError> {
    use crate::ssr::{reply, signed_in, write_offline_code};
    let who = signed_in().await?;
    let written = write_offline_code(&who, &id, &form.hardware_id).await;
    reply::<MakeOfflineCode>(written, &form).await
}
