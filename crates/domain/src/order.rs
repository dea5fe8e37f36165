//! The words of an order: where it stands, and what it is known by at Stripe.

use crate::words::words;

words! {
    /// Where an order stands.
    pub enum OrderState as "order state" {
        /// Made, and not heard of since.
        Open => "open",
        /// The buyer is through, the money is not there yet.
        Waiting => "waiting",
        /// Its keys exist.
        Issued => "issued",
        /// The payment failed.
        Failed => "failed",
        /// A person must look at it.
        Review => "review",
        /// A person decided that no keys follow.
        Dismissed => "dismissed",
    }
}

words! {
    /// Which of Stripe's objects an order is known by; unique per tenant.
    pub enum FactKind as "fact kind" {
        /// `pi_…`
        PaymentIntent => "payment_intent",
        /// `cs_…`
        Session => "session",
    }
}
