//! The words of the outbox.

use crate::words::words;

words! {
    /// How far a mail has come.
    pub enum MailState as "mail state" {
        /// Waits for its first try.
        Queued => "queued",
        /// Was refused for a while and will be tried again.
        Retrying => "retrying",
        /// The mail server took it.
        Sent => "sent",
        /// Was refused for good.
        Failed => "failed",
    }
}

words! {
    /// Why a mail was written.
    pub enum MailKind as "mail kind" {
        /// The keys of an order.
        Purchase => "purchase",
        /// A payment that did not arrive.
        PaymentFailed => "payment_failed",
        /// A try of a product's template.
        Test => "test",
    }
}
