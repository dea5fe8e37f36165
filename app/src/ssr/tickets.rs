//! Support tickets between the engine and their pages.

use engine::Error;
use engine::page::PAGE_SIZE;
use engine::tickets::list::TicketQuery;
use engine::tickets::{TicketView, close, find, list};

use super::changes::history_of;
use super::licenses::place;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::Listed;
use crate::api::tickets::{TicketDetail, TicketRow, TicketSearch};

/// A page of tickets.
pub async fn ticket_list(who: &SignedIn, search: TicketSearch) -> Result<Listed<TicketRow>, Error> {
    let query = TicketQuery {
        // A word that is no state, product or order changes nothing: the address was typed by hand.
        state: search.state.parse().ok(),
        product_id: search.product.parse().ok(),
        search: search.find,
        order: search.sort.parse().unwrap_or_default(),
        after: place(search.after.as_deref())?,
        limit: PAGE_SIZE,
    };
    let page = list::execute(&who.engine, &who.actor, &query).await?;
    Ok(Listed {
        items: page.items.into_iter().map(row).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

/// One ticket with its text.
pub async fn ticket_detail(who: &SignedIn, id: &str) -> Result<TicketDetail, Error> {
    let ticket = find::execute(&who.engine, &who.actor, parse(id)?).await?;
    let closed_by = ticket.closed_by.clone();
    Ok(TicketDetail {
        product_id: ticket.product_id.get(),
        message: ticket.message.clone(),
        closed: ticket.closed_at.map(|at| (closed_by, at)),
        history: history_of(who, ("ticket", id)).await?,
        row: row(ticket),
        now: who.engine.now(),
    })
}

/// Closes a ticket, or opens it again.
pub async fn close_or_reopen(who: &SignedIn, id: &str, change: &str) -> Result<Next, Error> {
    match change {
        "close" => {
            close::execute(&who.engine, &who.actor, parse(id)?).await?;
            Ok(Next::stay("The ticket is closed."))
        }
        "reopen" => {
            close::reopen(&who.engine, &who.actor, parse(id)?).await?;
            Ok(Next::stay("The ticket is open again."))
        }
        _ => Err(Error::field("change", "Use close or reopen.")),
    }
}

fn parse<T: std::str::FromStr>(id: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::NotFound("ticket"))
}

fn row(ticket: TicketView) -> TicketRow {
    TicketRow {
        id: ticket.id.to_string(),
        product_name: ticket.product_name,
        email: ticket.email,
        subject: ticket.subject,
        state: ticket.state.to_string(),
        created_at: ticket.created_at,
    }
}
