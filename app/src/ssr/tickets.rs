//! Support tickets between the engine and their pages.

use engine::Error;
use engine::page::PAGE_SIZE;
use engine::tickets::list::TicketView;
use engine::tickets::{find, list};

use super::licenses::place;
use super::session::SignedIn;
use crate::api::Listed;
use crate::api::tickets::{TicketDetail, TicketRow};

/// A page of tickets.
pub async fn ticket_list(who: &SignedIn, after: Option<&str>) -> Result<Listed<TicketRow>, Error> {
    let page = list::execute(&who.engine, &who.actor, place(after)?, PAGE_SIZE).await?;
    Ok(Listed {
        items: page.items.into_iter().map(row).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

/// One ticket with its text.
pub async fn ticket_detail(who: &SignedIn, id: &str) -> Result<TicketDetail, Error> {
    let id = id.parse().map_err(|_| Error::NotFound("ticket"))?;
    let ticket = find::execute(&who.engine, &who.actor, id).await?;
    Ok(TicketDetail {
        product_id: ticket.product_id.get(),
        message: ticket.message.clone(),
        row: row(ticket),
        now: who.engine.now(),
    })
}

fn row(ticket: TicketView) -> TicketRow {
    TicketRow {
        id: ticket.id.to_string(),
        product_name: ticket.product_name,
        email: ticket.email,
        subject: ticket.subject,
        created_at: ticket.created_at,
    }
}
