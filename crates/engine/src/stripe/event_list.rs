//! The event log as its page shows it: a page after a place, and what it can be narrowed to.

use domain::ids::StripeAppId;
use domain::purchase::is_stripe_id;
use domain::timestamp::Timestamp;
use store::{event_log, stripe_apps};

use super::events::{EventFilter, EventLine, sees_shared};
use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::page::{self, Page, Place};

/// A page of at most `filter.limit` lines that come after a place. What cannot be one of Stripe's ids is refused
/// beside `search`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    (mut filter, after): (EventFilter, Option<Place>),
) -> Result<Page<EventLine>> {
    actor.may_read()?;
    if !filter.stripe_id.is_empty() && !is_stripe_id(&filter.stripe_id) {
        let advice = "Search for a whole id of Stripe’s: evt_…, cs_… or pi_….";
        return Err(Error::field("search", advice));
    }
    page::typed(&filter.event_type)?;
    let mut conn = engine.read().await?;
    let wanted = filter.limit;
    filter.with_shared = sees_shared(&mut conn, actor).await?;
    filter.limit = page::rows_to_fetch(wanted);
    filter.offset = 0;
    filter.after = after.map(Place::row);
    let lines = event_log::list(&mut conn, actor.tenant(), &filter).await?;
    let place = |line: &EventLine| Place::of(Timestamp::from_millis(line.received_at), line.id);
    Ok(page::cut(lines, wanted, place))
}

/// What the log of one side can be narrowed to.
pub struct Choices {
    /// The types of its events.
    pub types: Vec<String>,
    /// The apps of that side, archived ones too.
    pub apps: Vec<(StripeAppId, String)>,
}

/// What the log of one side can be narrowed to.
pub async fn choices(engine: &Engine, actor: &Actor, livemode: bool) -> Result<Choices> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let types = event_log::types(&mut conn, actor.tenant(), livemode).await?;
    let mut apps = stripe_apps::list(&mut conn, actor.tenant()).await?;
    apps.extend(stripe_apps::list_archived(&mut conn, actor.tenant()).await?);
    let of_side = apps.into_iter().filter(|app| app.is_live == livemode);
    Ok(Choices {
        types,
        apps: of_side.map(|app| (app.id, app.name)).collect(),
    })
}
