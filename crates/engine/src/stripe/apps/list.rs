//! The tenant's Stripe apps, one or all; diagnostics are the same views.

use domain::ids::StripeAppId;
use domain::timestamp::Timestamp;
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

/// One app of the tenant that is not archived.
pub async fn find(engine: &Engine, actor: &Actor, id: StripeAppId) -> Result<AppView> {
    match find_on_any_shelf(engine, actor, id).await? {
        (view, None) => Ok(view),
        (_, Some(_)) => Err(Error::NotFound("Stripe app")),
    }
}

/// One app of the tenant, and since when it is archived, if it is: what was sold by it leads to it for ever.
pub async fn find_on_any_shelf(
    engine: &Engine,
    actor: &Actor,
    id: StripeAppId,
) -> Result<(AppView, Option<Timestamp>)> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let app = stripe_apps::find(&mut conn, actor.tenant(), id)
        .await?
        .ok_or(Error::NotFound("Stripe app"))?;
    let archived_at = app.archived_at.map(Timestamp::from_millis);
    Ok((view::of(engine, &mut conn, &app).await?, archived_at))
}
