//! The tenant's Stripe apps, one or all; diagnostics are the same views.

use domain::folding::name_key;
use domain::ids::StripeAppId;
use domain::list_state::Shelf;
use domain::timestamp::Timestamp;
use store::stripe_apps::{self, AppFilter, StripeApp};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::page::{self, Page, Place};
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

/// Which apps are wanted.
#[derive(Debug, Clone)]
pub struct AppQuery {
    /// Those in use, the oldest first, or the archived ones, the newest first.
    pub shelf: Shelf,
    /// How the name begins, as typed; empty for all.
    pub search: String,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of apps, in use or archived.
pub async fn page(engine: &Engine, actor: &Actor, query: &AppQuery) -> Result<Page<AppView>> {
    actor.may_read()?;
    let filter = AppFilter {
        shelf: query.shelf,
        beginning: name_key(page::typed(&query.search)?),
        after: query.after.map(Place::row),
        limit: page::rows_to_fetch(query.limit),
    };
    let mut conn = engine.read().await?;
    let rows = stripe_apps::page(&mut conn, actor.tenant(), &filter).await?;
    let place = |app: &StripeApp| Place::of(Timestamp::from_millis(app.created_at), app.id.get());
    let Page { items, after } = page::cut(rows, query.limit, place);
    let mut views = Vec::new();
    for app in items {
        views.push(view::of(engine, &mut conn, &app).await?);
    }
    Ok(Page {
        items: views,
        after,
    })
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
