//! Words that narrow lists of what a tenant has made.

use crate::words::words;

words! {
    /// Whether a product, a plan or a Stripe app is in use.
    pub enum Shelf as "state" {
        /// It is, sold or not.
        Current => "current",
        /// It is kept for what was sold, and nothing else.
        Archived => "archived",
    }
}

words! {
    /// Whether an access token still opens anything.
    pub enum TokenState as "state" {
        /// It does.
        Active => "active",
        /// Its day has passed.
        Expired => "expired",
        /// Somebody ended it.
        Revoked => "revoked",
    }
}
