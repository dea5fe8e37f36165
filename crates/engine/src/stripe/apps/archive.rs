//! Archiving a Stripe app: its secrets are forgotten, its events and orders stay.

use domain::ids::StripeAppId;
use domain::permission::Permission;
use serde_json::json;
use store::stripe_apps;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Archives an app. What it sends from now on matches no app.
pub async fn execute(engine: &Engine, actor: &Actor, id: StripeAppId) -> Result<()> {
    actor.may(Permission::Manage)?;
    let now = engine.now();
    let mut tx = engine.begin();
    let app = stripe_apps::find(&mut tx, actor.tenant(), id)
        .await?
        .ok_or(Error::NotFound("Stripe app"))?;
    if !stripe_apps::archive(&mut tx, actor.tenant(), id, now.millis()).await? {
        return Err(Error::NotFound("Stripe app"));
    }
    let what = Change {
        subject: ("stripe_app", id.to_string()),
        verb: "archived",
        data: json!({ "name": app.name }),
        livemode: app.is_live,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    engine.secrets().forget(app.id, app.row_version);
    Ok(())
}
