//! What one of Stripe's ids means here: an event, or a purchase.

use domain::ids::{OrderId, StripeEventId};
use domain::purchase::is_stripe_id;
use store::{orders, stripe_events};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;

/// What an id was found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An event, and its type.
    Event(StripeEventId, String),
    /// The purchase that a payment intent or a checkout session belongs to.
    Order(OrderId),
}

/// Looks an `evt_`, `pi_` or `cs_` id up; any other text is none of Stripe's that we keep.
pub async fn execute(engine: &Engine, actor: &Actor, id: &str) -> Result<Option<Found>> {
    actor.may_read()?;
    if !is_stripe_id(id) {
        return Ok(None);
    }
    let kind = match id.split_once('_') {
        Some(("evt", _)) => "event",
        Some(("pi", _)) => "payment_intent",
        Some(("cs", _)) => "session",
        _ => return Ok(None),
    };
    let (mut conn, tenant) = (engine.read().await?, actor.tenant());
    if kind == "event" {
        let event = stripe_events::find_by_stripe_id(&mut conn, tenant, id).await?;
        return Ok(event.map(|event| Found::Event(event.id, event.event_type)));
    }
    let order = orders::find_by_fact(&mut conn, tenant, (kind, id)).await?;
    Ok(order.map(Found::Order))
}
