//! One event on its way to one endpoint, with the log of its attempts.

use serde::{Deserialize, Serialize};

/// One event for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The delivery's own id, `del_…`.
    pub id: String,
    /// The account's id.
    pub account: String,
    /// The event's id.
    pub event: String,
    /// The event's type.
    pub event_type: String,
    /// The endpoint's id.
    pub endpoint: String,
    /// What was tried so far.
    pub attempts: Vec<Attempt>,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it is tried next, UTC unix milliseconds.
    pub next_at: Option<i64>,
}

/// One attempt of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it began, UTC unix milliseconds.
    pub at: i64,
    /// The endpoint's status, where it answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The first 2,000 characters of the answer.
    pub answer: String,
    /// How long it took.
    pub millis: i64,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryState {
    /// Waits for its first or next attempt.
    Pending,
    /// Is being sent just now.
    Sending,
    /// Waits to be sent by hand.
    Held,
    /// The endpoint answered 2xx.
    Delivered,
    /// All attempts are used up.
    Failed,
    /// Lost on purpose.
    Dropped,
}

impl Delivery {
    /// True while something will still happen by itself.
    pub fn is_moving(&self) -> bool {
        matches!(self.state, DeliveryState::Pending | DeliveryState::Sending)
    }

    /// Writes down an attempt and decides what comes next.
    pub(crate) fn record(&mut self, attempt: Attempt, retry_delays: &[i64]) {
        let delivered = attempt
            .status
            .is_some_and(|code| (200..300).contains(&code));
        let ended = attempt.at + attempt.millis;
        let retry = retry_delays.get(self.attempts.len()).copied();
        self.attempts.push(attempt);
        self.next_at = None;
        self.state = match retry {
            _ if delivered => DeliveryState::Delivered,
            None => DeliveryState::Failed,
            Some(delay) => {
                self.next_at = Some(ended + delay);
                DeliveryState::Pending
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> Delivery {
        Delivery {
            id: "del_1".into(),
            account: "acct_1".into(),
            event: "evt_1".into(),
            event_type: "payment_intent.succeeded".into(),
            endpoint: "we_1".into(),
            attempts: vec![],
            state: DeliveryState::Pending,
            next_at: Some(0),
        }
    }

    fn attempt(status: Option<u16>) -> Attempt {
        Attempt {
            at: 1_000,
            status,
            error: None,
            answer: String::new(),
            millis: 10,
        }
    }

    #[test]
    fn only_a_2xx_ends_a_delivery_well() {
        for (status, state) in [
            (Some(200), DeliveryState::Delivered),
            (Some(204), DeliveryState::Delivered),
            (Some(302), DeliveryState::Pending),
            (Some(400), DeliveryState::Pending),
            (Some(503), DeliveryState::Pending),
            (None, DeliveryState::Pending),
        ] {
            let mut delivery = delivery();
            delivery.record(attempt(status), &[500]);
            assert_eq!(delivery.state, state, "{status:?}");
        }
    }

    #[test]
    fn a_delivery_fails_after_its_last_retry() {
        let mut delivery = delivery();
        delivery.record(attempt(Some(500)), &[500]);
        assert_eq!(delivery.next_at, Some(1_510));
        delivery.record(attempt(Some(500)), &[500]);
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert_eq!(delivery.next_at, None);
    }
}
