//! The tenant's tickets, the newest first or the oldest.

use std::collections::HashMap;

use domain::folding::name_key;
use domain::ids::ProductId;
use domain::list_order::LogOrder;
use domain::ticket_state::TicketState;
use domain::timestamp::Timestamp;
use store::products;
use store::tickets::{self, Ticket, TicketFilter};

use super::view::{self, TicketView};
use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::page::{self, Page, Place};

/// Which tickets are wanted.
#[derive(Debug, Clone, Default)]
pub struct TicketQuery {
    /// One state, or all.
    pub state: Option<TicketState>,
    /// One product, or all.
    pub product_id: Option<ProductId>,
    /// How the sender's address or the subject begins, as typed; empty for all.
    pub search: String,
    /// In which order.
    pub order: LogOrder,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of tickets.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    query: &TicketQuery,
) -> Result<Page<TicketView>> {
    actor.may_read()?;
    let filter = TicketFilter {
        state: query.state,
        product_id: query.product_id.map_or(0, ProductId::get),
        // An address folds like a name: it has no spaces inside.
        beginning: name_key(page::typed(&query.search)?),
        order: query.order,
        after: query.after.map(Place::row),
        limit: page::rows_to_fetch(query.limit),
    };
    let mut conn = engine.read().await?;
    let rows = tickets::list(&mut conn, actor.tenant(), &filter).await?;
    let names: HashMap<_, _> = products::names(&mut conn, actor.tenant())
        .await?
        .into_iter()
        .collect();
    let place = |row: &Ticket| Place::of(Timestamp::from_millis(row.created_at), row.id);
    let page = page::cut(rows, query.limit, place);
    let view = |row: Ticket| {
        let name = names.get(&row.product_id).cloned().unwrap_or_default();
        view::of(row, name)
    };
    Ok(Page {
        items: page.items.into_iter().map(view).collect(),
        after: page.after,
    })
}
