//! Trying an app's secret key at Stripe, so that a wrong one is found before a customer finds it.

use domain::ids::StripeAppId;
use domain::permission::Permission;
use secrecy::SecretString;
use store::Conn;
use store::stripe_apps::{self, StripeApp};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;
use crate::stripe::secrets::{SECRET_KEY, open_secret};

/// Asks Stripe for one event with the app's key; what Stripe says against it comes back as
/// [`Error::Upstream`], in words to act on.
pub async fn execute(engine: &Engine, actor: &Actor, id: StripeAppId) -> Result<()> {
    actor.may(Permission::Manage)?;
    let mut conn = engine.read().await?;
    let app = stripe_apps::find(&mut conn, actor.tenant(), id)
        .await?
        .filter(|app| app.archived_at.is_none())
        .ok_or(Error::NotFound("Stripe app"))?;
    let key = secret_key(engine, &mut conn, &app).await?;
    drop(conn);
    engine
        .stripe()
        .check_key(&key)
        .await
        .map_err(|problem| Error::Upstream(problem.to_string()))
}

/// The app's secret key in clear, for one call.
pub(crate) async fn secret_key(
    engine: &Engine,
    conn: &mut Conn,
    app: &StripeApp,
) -> Result<SecretString> {
    let missing = || Error::Conflict {
        code: "app_not_configured",
        message: format!(
            "The Stripe app “{}” has no secret key that can be read. Save it again under Apps and Events.",
            app.name
        ),
    };
    let sealed = app.secret_key_sealed.as_ref().ok_or_else(missing)?;
    let keys = DataKeys::load(engine, conn, app.tenant_id).await?;
    let key = open_secret(&keys, app, SECRET_KEY, sealed).ok_or_else(missing)?;
    Ok(SecretString::from(key.as_str()))
}
