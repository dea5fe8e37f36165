//! One ticket.

use domain::timestamp::Timestamp;
use store::{products, tickets};
use uuid::Uuid;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::tickets::list::TicketView;

/// The ticket with this id.
pub async fn execute(engine: &Engine, actor: &Actor, id: Uuid) -> Result<TicketView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let row = tickets::find(&mut conn, actor.tenant(), id).await?;
    let row = row.ok_or(Error::NotFound("ticket"))?;
    let product = products::find(&mut conn, actor.tenant(), row.product_id).await?;
    Ok(TicketView {
        id: row.id,
        product_id: row.product_id,
        product_name: product.map(|product| product.name).unwrap_or_default(),
        email: row.email,
        subject: row.subject,
        message: row.message,
        created_at: Timestamp::from_millis(row.created_at),
    })
}
