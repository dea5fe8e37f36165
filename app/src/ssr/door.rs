//! Opening a session: signing in, and setting up with signing in after it.

use engine::accounts::{setup, sign_in};
use engine::{Engine, Error};
use leptos::prelude::use_context;
use secrecy::{ExposeSecret, SecretString};

use super::cookie::{session_cookie, start_session};
use super::request::client;
use crate::api::set_up::SetUpForm;
use crate::secret::SecretText;

/// The code that the start printed, where nobody exists yet; the server puts it into the context.
#[derive(Clone)]
pub struct SetUpCode(pub SecretString);

impl From<SecretText> for SecretString {
    fn from(text: SecretText) -> Self {
        Self::from(text.0)
    }
}

/// Characters of an input that are kept for the page that shows it again. Nobody knows who stands at
/// the door, and no name or address is longer.
const KEPT: usize = 254;

/// What was typed at the door, as it is kept.
pub fn at_the_door<const N: usize>(
    inputs: [(&'static str, &str); N],
) -> [(&'static str, String); N] {
    inputs.map(|(name, text)| (name, text.chars().take(KEPT).collect()))
}

/// Signs in, and hands the browser its session.
pub async fn open_session(
    engine: &Engine,
    email: &str,
    password: &SecretString,
) -> Result<(), Error> {
    let client = client();
    let former = session_cookie(engine);
    let credentials = sign_in::Credentials {
        email,
        password,
        address: client.address,
        user_agent: &client.user_agent,
        former_token: former.as_ref().map(ExposeSecret::expose_secret),
    };
    let opened = sign_in::execute(engine, &credentials).await?;
    start_session(engine, &opened);
    Ok(())
}

/// Makes tenant and first person, and signs them in.
pub async fn make_first_person(engine: &Engine, form: &SetUpForm) -> Result<(), Error> {
    let code = use_context::<SetUpCode>().ok_or(Error::NotFound("page"))?;
    let password = form.password.clone().into();
    let first = setup::FirstPerson {
        code: &form.code.clone().into(),
        tenant_name: &form.tenant_name,
        email: &form.email,
        password: &password,
        address: client().address,
    };
    setup::create_first(engine, &code.0, &first).await?;
    open_session(engine, &form.email, &password).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_the_door_no_more_is_kept_than_an_address_has() {
        let long = "x".repeat(100_000);
        let [(name, email), (_, tenant)] =
            at_the_door([("email", "ann@example.com"), ("tenantName", &long)]);
        assert_eq!((name, email.as_str()), ("email", "ann@example.com"));
        assert_eq!(tenant.len(), KEPT);
    }
}
