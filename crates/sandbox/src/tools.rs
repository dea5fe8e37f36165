//! What every part of the sandbox needs to act: time, chance, its own address.

use crate::clock::{Clock, Dice};

/// Time, chance and the address under which the sandbox is reached.
#[derive(Debug)]
pub(crate) struct Tools {
    pub clock: Clock,
    pub dice: Dice,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base_url: String,
    /// After how many milliseconds delayed payments end by themselves.
    pub settle_after: Option<i64>,
}

impl Tools {
    pub fn seconds(&self) -> i64 {
        self.clock.now().div_euclid(1000)
    }

    /// An id as Stripe writes most of them: prefix, a digit, 23 letters.
    pub fn id(&self, prefix: &str) -> String {
        format!("{prefix}_1{}", self.dice.letters(23))
    }

    /// Events of payments begin with 3, others with 1.
    pub fn event_id(&self, event_type: &str) -> String {
        let digit = match event_type.split('.').next() {
            Some("payment_intent" | "charge") => '3',
            _ => '1',
        };
        format!("evt_{digit}{}", self.dice.letters(23))
    }
}
