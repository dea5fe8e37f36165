//! Who asks: the signed-in person behind the session's cookie.

use domain::ids::TenantId;
use engine::accounts::session::{self, SessionView};
use engine::accounts::setup;
use engine::{Actor, Engine, Error};
use leptos::prelude::use_context;
use secrecy::ExposeSecret as _;

use super::cookie::session_cookie;
use super::refusal::{refuse, say_status};
use super::reply::{leave, send_to};
use super::request::{is_page_request, wants_page};
use crate::error::{Kind, UiError};

/// A person with a session, and the engine to ask.
pub struct SignedIn {
    /// The engine.
    pub engine: Engine,
    /// The person in the session's tenant.
    pub actor: Actor,
    /// The browser's session.
    pub session: SessionView,
}

impl SignedIn {
    /// The person as the engine's account actions want them.
    pub fn person(&self) -> session::SignedIn {
        session::SignedIn {
            actor: self.actor.clone(),
            session: self.session.clone(),
        }
    }
}

/// The engine, as the server put it into the context.
pub fn engine() -> Result<Engine, UiError> {
    use_context::<Engine>()
        .ok_or_else(|| UiError::new(Kind::Fault, "The server is not put together rightly."))
}

/// The session's token; empty where the browser sent none.
pub fn session_token() -> Result<String, UiError> {
    let token = session_cookie(&engine()?);
    Ok(token.map_or_else(String::new, |token| token.expose_secret().to_owned()))
}

/// The person who asks; whoever is not signed in is sent to the door, and back afterwards.
pub async fn signed_in() -> Result<SignedIn, UiError> {
    let engine = engine()?;
    let token = session_token()?;
    let found = session::authenticate(&engine, &token)
        .await
        .map_err(refuse)?;
    let Some(session::SignedIn { actor, session }) = found else {
        return Err(send_to_the_door(&engine).await);
    };
    Ok(SignedIn {
        engine,
        actor,
        session,
    })
}

/// True where whoever asks is signed in at this tenant. Nobody is sent to the door for it.
pub(super) async fn is_signed_in_at(engine: &Engine, tenant: TenantId) -> Result<bool, Error> {
    let Some(token) = session_cookie(engine) else {
        return Ok(false);
    };
    let found = session::authenticate(engine, token.expose_secret()).await?;
    Ok(found.is_some_and(|found| found.session.tenant == tenant))
}

/// The refusal, and the way to the door: to set-up while nobody exists, else to signing in.
async fn send_to_the_door(engine: &Engine) -> UiError {
    let door = if setup::is_needed(engine).await.unwrap_or(false) {
        "/set-up".to_owned()
    } else {
        let next = leptos_router::location::Url::escape(&leave(engine).await);
        format!("/sign-in?next={next}")
    };
    let refusal = UiError {
        door: door.clone(),
        ..UiError::new(
            Kind::SignedOut,
            "You are not signed in any more. Sign in again, here or in another tab; what you typed stays, except secrets.",
        )
    };
    say_status(&refusal);
    // A script says it on the page that it is on, which may hold what somebody is typing.
    if wants_page() || is_page_request() {
        send_to(&door);
    }
    refusal
}
