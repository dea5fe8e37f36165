//! The words of the Stripe event log: who vouches for an event, and what became of it.

use crate::words::words;

words! {
    /// Whether somebody vouches for an event.
    pub enum EventStatus as "event status" {
        /// Taken in, not vouched for yet.
        Received => "received",
        /// The signature is right, or Stripe itself was asked.
        Verified => "verified",
        /// The signature is wrong, or processing gave up.
        Failed => "failed",
    }
}

words! {
    /// Who vouched for a verified event.
    pub enum EventSource as "event source" {
        /// Its signature.
        Signature => "signature",
        /// It was fetched from Stripe by its id.
        Stripe => "stripe",
    }
}

words! {
    /// What became of an event.
    pub enum Processing as "processing state" {
        /// Not looked at yet.
        Pending => "pending",
        /// Waits for the payment.
        Waiting => "waiting",
        /// Done.
        Fulfilled => "fulfilled",
        /// Nothing follows from it.
        Ignored => "ignored",
        /// A person must look at it.
        Review => "review",
        /// Failed for a reason of ours and will be tried again.
        Retrying => "retrying",
        /// Failed for good.
        Failed => "failed",
    }
}

impl Processing {
    /// True where the same event, coming again, changes nothing.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Retrying | Self::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_is_what_json_says() {
        for state in Processing::ALL {
            assert_eq!(state.as_str().parse::<Processing>(), Ok(*state));
            let json = serde_json::to_string(state).expect("json");
            assert_eq!(json, format!("\"{state}\""));
        }
    }

    #[test]
    fn an_unknown_word_is_an_error_that_names_it() {
        let error = "done".parse::<Processing>().expect_err("no such word");
        assert_eq!(error.to_string(), "`done` is not a processing state");
    }

    #[test]
    fn what_failed_may_be_tried_again() {
        assert!(Processing::Fulfilled.is_final() && Processing::Waiting.is_final());
        assert!(!Processing::Failed.is_final() && !Processing::Retrying.is_final());
    }
}
