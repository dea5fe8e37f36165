//! Support tickets: what users of a program wrote.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use crate::error::UiError;
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
    /// The server's clock.
    pub now: Timestamp,
}

/// A page of tickets.
#[server]
pub async fn load_tickets(after: Option<String>) -> Result<Sent<Listed<TicketRow>>, UiError> {
    use crate::ssr::{pack, refuse, signed_in, ticket_list};
    let who = signed_in().await?;
    let page = ticket_list(&who, after.as_deref()).await;
    pack(&page.map_err(refuse)?)
}

/// One ticket.
#[server]
pub async fn load_ticket(id: String) -> Result<Sent<TicketDetail>, UiError> {
    use crate::ssr::{pack, refuse, signed_in, ticket_detail};
    let who = signed_in().await?;
    pack(&ticket_detail(&who, &id).await.map_err(refuse)?)
}
