//! One ticket.

use store::{products, tickets};
use uuid::Uuid;

use super::view::{self, TicketView};
use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};

/// The ticket with this id.
pub async fn execute(engine: &Engine, actor: &Actor, id: Uuid) -> Result<TicketView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let row = tickets::find(&mut conn, actor.tenant(), id).await?;
    let row = row.ok_or(Error::NotFound("ticket"))?;
    let product = products::find(&mut conn, actor.tenant(), row.product_id).await?;
    let name = product.map(|product| product.name).unwrap_or_default();
    Ok(view::of(row, name))
}
