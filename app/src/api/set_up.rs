//! The very first page of an installation: tenant and first person, for whoever has the code
//! that the start printed. Gone once a person exists.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;
use crate::secret::SecretText;
use crate::sent::Sent;

/// The form.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetUpForm {
    /// The code from the start's output or from the data folder.
    pub code: SecretText,
    /// Name of the first tenant.
    pub tenant_name: String,
    /// Address of the first person.
    pub email: String,
    /// Their password.
    pub password: SecretText,
}

/// Refuses with `NotFound` once a person exists.
#[server]
pub async fn set_up_is_open() -> Result<Sent<()>, UiError> {
    use crate::ssr::{engine, pack, refuse};
    match engine::accounts::setup::is_needed(&engine()?).await {
        Ok(true) => pack(&()),
        Ok(false) => Err(refuse(engine::Error::NotFound("page"))),
        Err(error) => Err(refuse(error)),
    }
}

/// True while nobody exists, so that the sign-in page can lead there.
#[server]
pub async fn is_set_up_open() -> Result<Sent<bool>, UiError> {
    use crate::ssr::{engine, pack, refuse};
    let is_needed = engine::accounts::setup::is_needed(&engine()?).await;
    pack(&is_needed.map_err(refuse)?)
}

/// Makes the tenant with its key and the first person, and signs them in.
#[server]
pub async fn set_up(#[server(flatten)] form: SetUpForm) -> Result<Done, UiError> {
    use crate::ssr::{at_the_door, engine, make_first_person, reply};
    let engine = engine()?;
    let made = make_first_person(&engine, &form).await;
    let typed = at_the_door([("tenantName", &form.tenant_name), ("email", &form.email)]);
    reply::<SetUp>(made, &typed).await
}
