//! Signing in and out, who is signed in, the Test / Live switch, and the flash.

use domain::role::Role;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::{Done, Flash};
use crate::secret::SecretText;
use crate::sent::Sent;
use crate::zone::Zone;

/// The signed-in person, as the frame around every page shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Address.
    pub email: String,
    /// Role in the present tenant.
    pub role: Role,
    /// Name of the present tenant.
    pub tenant_name: String,
    /// Which side of the Test / Live switch they look at.
    pub livemode: bool,
    /// How many events and purchases want an act.
    pub wanting: Wanting,
    /// Where the tenant's change log ended when this was fetched.
    pub changes: i64,
    /// The server's time when this was fetched.
    pub now: Timestamp,
}

/// Counts that stand in the navigation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanting {
    /// Events that failed.
    pub events: i64,
    /// Purchases that wait for a decision.
    pub reviews: i64,
    /// Mails that were given up.
    pub mails: i64,
}

/// Who is signed in.
#[server]
pub async fn load_viewer() -> Result<Sent<Viewer>, UiError> {
    use crate::ssr::{pack, refuse, signed_in, wanting_counts};
    let who = signed_in().await?;
    let changes = engine::live::cursor(&who.engine, &who.actor).await;
    let changes = changes.map_err(refuse)?;
    let wanting = wanting_counts(&who).await.map_err(refuse)?;
    let (session, now) = (who.session, who.engine.now());
    pack(&Viewer {
        email: session.email,
        role: session.role,
        tenant_name: session.tenant_name,
        livemode: session.livemode,
        wanting,
        changes,
        now,
    })
}

/// The zone that the signed-in person reads times in; none is UTC.
#[server]
pub async fn load_zone() -> Result<Sent<Option<Zone>>, UiError> {
    use crate::ssr::{pack, signed_in, zone_of};
    pack(&zone_of(&signed_in().await?))
}

/// Signs in and goes on to where the person wanted to be.
#[server]
pub async fn sign_in(
    email: String,
    password: SecretText,
    next: Option<String>,
) -> Result<Done, UiError> {
    use crate::ssr::{at_the_door, engine, open_session, reply, safe_path};
    let engine = engine()?;
    let typed = at_the_door([("email", &email)]);
    let next = safe_path(&next.unwrap_or_default());
    let opened = open_session(&engine, (&email, &password.into()), &next).await;
    reply::<SignIn>(opened, &typed).await
}

/// True while the browser waits for a code between its password and its session.
#[server]
pub async fn load_code_step() -> Result<Sent<bool>, UiError> {
    use crate::ssr::{engine, is_at_code_step, pack, refuse};
    pack(&is_at_code_step(&engine()?).await.map_err(refuse)?)
}

/// The second step: a code of the authenticator app, or a recovery code.
#[server]
pub async fn sign_in_with_code(code: SecretText, next: Option<String>) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, engine, open_session_with_code, reply, safe_path};
    let next = safe_path(&next.unwrap_or_default());
    let opened = open_session_with_code(&engine()?, code, &next).await;
    reply::<SignInWithCode>(opened, NOTHING).await
}

/// Ends this session, or with `everywhere` all of the person's.
#[server]
pub async fn sign_out(everywhere: Option<bool>) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, Next, end_session, reply, session_token, signed_in};
    let who = signed_in().await?;
    let ended = if everywhere == Some(true) {
        let ended = engine::accounts::sign_out::everywhere(&who.engine, &who.person()).await;
        ended.map(drop)
    } else {
        engine::accounts::sign_out::execute(&who.engine, &session_token()?).await
    };
    end_session()?;
    reply::<SignOut>(ended.map(|()| Next::Go("/sign-in".into())), NOTHING).await
}

/// Looks at the other side: `test` or `live`.
#[server]
pub async fn choose_mode(mode: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, Next, reply, signed_in};
    use engine::accounts::switch_side::{self, Side};
    let who = signed_in().await?;
    let side = if mode == "live" {
        Side::Live
    } else {
        Side::Test
    };
    let switched = switch_side::execute(&who.engine, &who.person(), side).await;
    reply::<ChooseMode>(switched.map(|()| Next::stay("")), NOTHING).await
}

/// What waits for a page after a form without a script.
#[server]
pub async fn load_flash(id: String) -> Result<Sent<Flash>, UiError> {
    use crate::ssr::{engine, pack, take_flash};
    pack(&take_flash(&engine()?, &id).await?)
}
