//! Support tickets: what users of a program write to its seller.

pub mod close;
pub mod create;
pub mod find;
pub mod list;
mod view;

pub use view::TicketView;
