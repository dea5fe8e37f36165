//! The tenant's tickets, newest first.

use std::collections::HashMap;

use domain::ids::ProductId;
use domain::timestamp::Timestamp;
use store::products;
use store::tickets::{self, Ticket};
use uuid::Uuid;

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::page::{self, Page, Place};

/// One ticket. It holds what a customer wrote: there is no `Debug`.
#[derive(Clone)]
pub struct TicketView {
    /// Id.
    pub id: Uuid,
    /// The product that it is about.
    pub product_id: ProductId,
    /// Its name today.
    pub product_name: String,
    /// Where the answer goes.
    pub email: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub message: String,
    /// When it came.
    pub created_at: Timestamp,
}

/// A page of at most `limit` tickets that come after a place.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    after: Option<Place>,
    limit: i64,
) -> Result<Page<TicketView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let wanted = page::rows_to_fetch(limit);
    let rows = tickets::list(&mut conn, actor.tenant(), after.map(Place::row), wanted).await?;
    let names: HashMap<_, _> = products::names(&mut conn, actor.tenant())
        .await?
        .into_iter()
        .collect();
    let place = |row: &Ticket| Place::of(Timestamp::from_millis(row.created_at), row.id);
    let page = page::cut(rows, limit, place);
    let view = |row: Ticket| TicketView {
        id: row.id,
        product_id: row.product_id,
        product_name: names.get(&row.product_id).cloned().unwrap_or_default(),
        email: row.email,
        subject: row.subject,
        message: row.message,
        created_at: Timestamp::from_millis(row.created_at),
    };
    Ok(Page {
        items: page.items.into_iter().map(view).collect(),
        after: page.after,
    })
}
