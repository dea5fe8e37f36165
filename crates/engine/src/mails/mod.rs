//! Mails as people see them: the outbox, one mail with its delivery log, sending again.

pub mod change_address;
pub mod find;
pub mod list;
pub mod resend;
mod view;

pub use view::MailView;
