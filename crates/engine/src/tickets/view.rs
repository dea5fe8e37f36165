//! A ticket as it may be shown.

use domain::ids::ProductId;
use domain::ticket_state::TicketState;
use domain::timestamp::Timestamp;
use store::tickets::Ticket;
use uuid::Uuid;

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
    /// Whether it wants an answer.
    pub state: TicketState,
    /// When it came.
    pub created_at: Timestamp,
    /// When somebody closed it, while it is closed.
    pub closed_at: Option<Timestamp>,
    /// Who did, for reading; empty while it is open.
    pub closed_by: String,
}

/// The ticket of a row whose product's name is known.
pub(super) fn of(row: Ticket, product_name: String) -> TicketView {
    let state = match row.closed_at {
        None => TicketState::Open,
        Some(_) => TicketState::Closed,
    };
    TicketView {
        id: row.id,
        product_id: row.product_id,
        product_name,
        email: row.email,
        subject: row.subject,
        message: row.message,
        state,
        created_at: Timestamp::from_millis(row.created_at),
        closed_at: row.closed_at.map(Timestamp::from_millis),
        closed_by: row.closed_by,
    }
}
