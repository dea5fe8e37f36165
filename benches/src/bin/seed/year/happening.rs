//! What can happen in a year, and when: a queue in the order of time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use domain::timestamp::Timestamp;

use super::sales::Sale;

/// Something that happens.
pub enum What {
    /// Somebody buys.
    Sold,
    /// The bank has paid at last.
    PaidLate,
    /// Somebody looks at a payment that could not be fulfilled.
    Decided,
    /// Programs of the buyer take these keys.
    Activated(Vec<String>),
    /// A program asks whether it still may run.
    Seen(Use),
    /// A device gives its key back.
    Returned(Use),
    /// Somebody tries the program without a key.
    Tried,
    /// Somebody holds a key back, or gives it free again.
    Held(String),
    /// The buyer writes to the seller.
    Asked,
    /// Somebody sends what Stripe did not sign.
    Forged,
    /// Somebody makes a key by hand.
    Given,
}

/// A key on a device.
#[derive(Clone)]
pub struct Use {
    /// The key.
    pub key: String,
    /// The device.
    pub device: String,
}

/// It, with the sale that it comes from.
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
    /// The sale that it follows from, or is.
    pub sale: Sale,
}

impl Happening {
    /// Something else that follows from the same sale.
    pub fn later(&self, at: Timestamp, what: What) -> Self {
        Self {
            at,
            what,
            sale: self.sale.clone(),
        }
    }
}

impl PartialEq for Happening {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Happening {}

impl PartialOrd for Happening {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Happening {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |happening: &Self| (happening.at, happening.sale.number);
        place(self).cmp(&place(other))
    }
}

/// What is still to come, up to an end.
pub struct Queue {
    waiting: BinaryHeap<Reverse<Happening>>,
    end: Timestamp,
}

impl Queue {
    /// The sales; the rest follows from them.
    pub fn new(sales: Vec<Sale>, end: Timestamp) -> Self {
        let sold = |sale: Sale| Happening {
            at: sale.at,
            what: What::Sold,
            sale,
        };
        let waiting = sales.into_iter().map(sold).map(Reverse).collect();
        Self { waiting, end }
    }

    /// Adds what happens before the end.
    pub fn add(&mut self, happenings: Vec<Happening>) {
        let in_time = happenings.into_iter().filter(|one| one.at < self.end);
        self.waiting.extend(in_time.map(Reverse));
    }

    /// The next ones, at most so many, that happen within so many minutes; empty at the end.
    pub fn next(&mut self, most: usize, minutes: i64) -> Vec<Happening> {
        let mut together: Vec<Happening> = Vec::new();
        while together.len() < most
            && let Some(Reverse(next)) = self.waiting.peek()
        {
            let begin = together.first().map_or(next.at, |first| first.at);
            if next.at > begin.plus_minutes(minutes) {
                break;
            }
            together.extend(self.waiting.pop().map(|Reverse(next)| next));
        }
        together
    }
}
