//! Support tickets: what users of a program wrote.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One ticket in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRow {
    /// Id.
    pub id: String,
    /// The product that it is about.
    pub product_name: String,
    /// Where the answer goes.
    pub email: String,
    /// One line.
    pub subject: String,
    /// `open` or `closed`.
    pub state: String,
    /// When it came.
    pub created_at: Timestamp,
}

/// One ticket with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketDetail {
    /// The row.
    pub row: TicketRow,
    /// Id of the product.
    pub product_id: i32,
    /// Plain text.
    pub message: String,
    /// Who closed it, and when.
    pub closed: Option<(String, Timestamp)>,
    /// What people and programs did with it, newest first.
    pub history: Vec<ChangeRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// What to look for; empty texts do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketSearch {
    /// How the sender's address or the subject begins.
    pub find: String,
    /// Word of a state.
    pub state: String,
    /// Id of a product.
    pub product: String,
    /// Word of an order; empty for the list's own.
    pub sort: String,
    /// Where the page begins.
    pub after: Option<String>,
}

/// A page of tickets.
#[server]
pub async fn load_tickets(
    #[server(flatten)] search: TicketSearch,
) -> Result<Sent<Listed<TicketRow>>, UiError> {
    use crate::ssr::{pack, refuse, signed_in, ticket_list};
    let who = signed_in().await?;
    pack(&ticket_list(&who, search).await.map_err(refuse)?)
}

/// One ticket.
#[server]
pub async fn load_ticket(id: String) -> Result<Sent<TicketDetail>, UiError> {
    use crate::ssr::{pack, refuse, signed_in, ticket_detail};
    let who = signed_in().await?;
    pack(&ticket_detail(&who, &id).await.map_err(refuse)?)
}

/// Closes a ticket, or opens it again.
#[server]
pub async fn change_ticket(id: String, change: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, close_or_reopen, reply, signed_in};
    let who = signed_in().await?;
    let changed = close_or_reopen(&who, &id, &change).await;
    reply::<ChangeTicket>(changed, NOTHING).await
}
