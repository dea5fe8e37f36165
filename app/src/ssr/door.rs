//! Opening a session: signing in, and setting up with signing in after it.

use engine::accounts::sign_in::Entered;
use engine::accounts::{setup, sign_in};
use engine::{Engine, Error};
use leptos::prelude::use_context;
use leptos_router::location::Url;
use secrecy::{ExposeSecret, SecretString};

use super::cookie::{
    browser_cookie, code_step_cookie, session_cookie, start_code_step, start_session,
};
use super::reply::Next;
use super::request::{Client, client};
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

/// What a browser brings to the door.
struct Brought {
    client: Client,
    former: Option<SecretString>,
    pass: Option<SecretString>,
}

impl Brought {
    fn now(engine: &Engine) -> Self {
        Self {
            client: client(),
            former: session_cookie(engine),
            pass: browser_cookie(engine),
        }
    }

    fn visitor(&self) -> sign_in::Visitor<'_> {
        sign_in::Visitor {
            address: self.client.address,
            user_agent: &self.client.user_agent,
            former_token: self.former.as_ref().map(ExposeSecret::expose_secret),
            browser_pass: self.pass.as_ref().map(ExposeSecret::expose_secret),
        }
    }
}

/// Signs in and hands the browser its session, or the way to the second step; then on to `next`.
pub async fn open_session(
    engine: &Engine,
    (email, password): (&str, &SecretString),
    next: &str,
) -> Result<Next, Error> {
    let brought = Brought::now(engine);
    let credentials = sign_in::Credentials {
        email,
        password,
        visitor: brought.visitor(),
    };
    match sign_in::execute(engine, &credentials).await? {
        Entered::SignedIn(opened) => {
            start_session(engine, &opened);
            Ok(Next::Go(next.to_owned()))
        }
        Entered::CodeWanted(wanted) => {
            start_code_step(engine, &wanted);
            let next = Url::escape(next);
            Ok(Next::Go(format!("/sign-in/code?next={next}")))
        }
    }
}

/// True while the browser has the way to the second step.
pub async fn is_at_code_step(engine: &Engine) -> Result<bool, Error> {
    match code_step_cookie(engine) {
        Some(pass) => sign_in::waits_for_code(engine, pass.expose_secret()).await,
        None => Ok(false),
    }
}

/// The second step: hands the browser its session where the code is right.
pub async fn open_session_with_code(
    engine: &Engine,
    code: SecretText,
    next: &str,
) -> Result<Next, Error> {
    let brought = Brought::now(engine);
    let pass = code_step_cookie(engine);
    let pass = pass.as_ref().map_or("", |pass| pass.expose_secret());
    let opened = sign_in::with_code(engine, (pass, &code.into()), &brought.visitor()).await?;
    start_session(engine, &opened);
    Ok(Next::Go(next.to_owned()))
}

/// Makes tenant and first person, and signs them in.
pub async fn make_first_person(engine: &Engine, form: &SetUpForm) -> Result<Next, Error> {
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
    open_session(engine, (&form.email, &password), "/").await
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
