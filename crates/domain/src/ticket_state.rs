//! Whether a ticket still wants an answer.

use crate::words::words;

words! {
    /// What became of a ticket.
    pub enum TicketState as "ticket state" {
        /// Nobody has closed it.
        Open => "open",
        /// Somebody has.
        Closed => "closed",
    }
}
