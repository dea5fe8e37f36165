//! The tenant's Stripe apps, one or all; diagnostics are the same views.

use domain::ids::StripeAppId;
use store::stripe_apps;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::stripe::apps::view::{self, AppView};

/// All apps that are not archived, oldest first.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<AppView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let mut views = Vec::new();
    for app in stripe_apps::list(&mut conn, actor.tenant()).await? {
        views.push(view::of(engine, &mut conn, &app).await?);
    }
    Ok(views)
}

/// All apps that are archived, the newest first.
pub async fn archived(engine: &Engine, actor: &Actor) -> Result<Vec<AppView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let mut views = Vec::new();
    for app in stripe_apps::list_archived(&mut conn, actor.tenant()).await? {
        views.push(view::of(engine, &mut conn, &app).await?);
    }
    Ok(views)
}

/// One app of the tenant.
pub async fn find(engine: &Engine, actor: &Actor, id: StripeAppId) -> Result<AppView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let app = stripe_apps::find(&mut conn, actor.tenant(), id)
        .await?
        .filter(|app| app.archived_at.is_none())
        .ok_or(Error::NotFound("Stripe app"))?;
    view::of(engine, &mut conn, &app).await
}
