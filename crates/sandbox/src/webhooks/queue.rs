//! The queue of deliveries: what is due when, in the world.

use super::delivery::{Attempt, Delivery, DeliveryState};
use super::event::{Event, NewEvent};
use crate::options::{LIVE_RETRIES, TEST_RETRIES};
use crate::tools::Tools;
use crate::world::World;

impl World {
    /// Makes an event and queues it for the endpoints that want it; answers its id.
    pub fn emit(&mut self, account: &str, new: NewEvent, tools: &Tools) -> String {
        for _ in 0..self.faults.webhooks.twins {
            self.emit_one(account, new.clone(), tools);
        }
        self.emit_one(account, new, tools)
    }

    fn emit_one(&mut self, account: &str, new: NewEvent, tools: &Tools) -> String {
        let event = self.make_event(account, new, tools);
        let id = event.id.clone();
        self.queue(account, &event, tools);
        self.account(account).events.push(event);
        id
    }

    fn make_event(&mut self, account: &str, new: NewEvent, tools: &Tools) -> Event {
        let account = self.account(account);
        Event {
            id: tools.event_id(&new.kind),
            pending_webhooks: account.endpoints_for(&new.kind).len(),
            kind: new.kind,
            created: tools.clock.now().div_euclid(1000),
            object: new.object,
            previous_attributes: None,
            api_version: account.api_version.clone(),
            livemode: account.livemode,
            request: new.origin,
            connected: None,
            verbatim: false,
        }
    }

    /// Queues one event for its endpoints, as the webhook faults say.
    pub fn queue(&mut self, account: &str, event: &Event, tools: &Tools) {
        let faults = self.faults.webhooks.clone();
        let due = tools.clock.now() + faults.delay_millis;
        if faults.reorder {
            self.put_off_waiting();
        }
        for endpoint in self.account(account).endpoints_for(&event.kind) {
            for _ in 0..=faults.duplicates {
                let state = match self.faults.webhooks.take_drop() {
                    true => DeliveryState::Dropped,
                    false if faults.hold => DeliveryState::Held,
                    false => DeliveryState::Pending,
                };
                let next_at = (state == DeliveryState::Pending).then_some(due);
                self.deliver(Delivery {
                    id: format!("del_{}", tools.dice.letters(14)),
                    account: account.to_owned(),
                    event: event.id.clone(),
                    event_type: event.kind.clone(),
                    endpoint: endpoint.clone(),
                    attempts: Vec::new(),
                    state,
                    next_at,
                });
            }
        }
    }

    /// Lets what was never tried wait behind what comes next.
    fn put_off_waiting(&mut self) {
        let due = std::mem::take(&mut self.due);
        self.due = due
            .into_iter()
            .map(|(at, index)| {
                let delivery = &mut self.deliveries[index];
                let at = at + if delivery.attempts.is_empty() { 150 } else { 0 };
                delivery.next_at = Some(at);
                (at, index)
            })
            .collect();
    }

    /// Takes in a delivery, to be sent at its time if it has one.
    pub fn deliver(&mut self, delivery: Delivery) {
        let index = self.deliveries.len();
        self.due.extend(delivery.next_at.map(|at| (at, index)));
        self.deliveries.push(delivery);
    }

    /// Takes out the positions of all deliveries that are due.
    pub fn take_due(&mut self, now: i64) -> Vec<usize> {
        let later = self.due.split_off(&(now + 1, 0));
        let due = std::mem::replace(&mut self.due, later);
        due.into_iter().map(|(_, index)| index).collect()
    }

    pub fn next_due(&self) -> Option<i64> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Writes down an attempt; a delivery that was forgotten meanwhile stays so.
    pub fn record_attempt(&mut self, (index, id): (usize, &str), attempt: Attempt) {
        let Some(delivery) = self.deliveries.get_mut(index).filter(|d| d.id == id) else {
            return;
        };
        let livemode = self
            .accounts
            .get(&delivery.account)
            .is_some_and(|a| a.livemode);
        let delays = match &self.retry_delays {
            Some(delays) => delays.as_slice(),
            None if livemode => &LIVE_RETRIES,
            None => &TEST_RETRIES,
        };
        delivery.record(attempt, delays);
        self.due.extend(delivery.next_at.map(|at| (at, index)));
    }

    /// Ends a delivery whose endpoint takes nothing any more.
    pub fn give_up(&mut self, (index, id): (usize, &str), at: i64) {
        let attempt = Attempt {
            at,
            status: None,
            error: Some("the endpoint is deleted or disabled".to_owned()),
            answer: String::new(),
            millis: 0,
        };
        if let Some(delivery) = self.deliveries.get_mut(index).filter(|d| d.id == id) {
            delivery.record(attempt, &[]);
        }
    }

    /// Makes every waiting and held delivery due at the given moment; answers how many.
    pub fn retry_all(&mut self, now: i64) -> usize {
        let mut count = 0;
        for (index, delivery) in self.deliveries.iter_mut().enumerate() {
            if matches!(delivery.state, DeliveryState::Pending | DeliveryState::Held) {
                if let Some(at) = delivery.next_at {
                    self.due.remove(&(at, index));
                }
                delivery.state = DeliveryState::Pending;
                delivery.next_at = Some(now);
                self.due.insert((now, index));
                count += 1;
            }
        }
        count
    }

    /// Makes one delivery due, unless it is being sent just now; false when it is not known.
    pub fn send_now(&mut self, id: &str, now: i64) -> bool {
        let Some(index) = self
            .deliveries
            .iter()
            .position(|delivery| delivery.id == id)
        else {
            return false;
        };
        let delivery = &mut self.deliveries[index];
        if delivery.state == DeliveryState::Sending {
            return true;
        }
        if let Some(at) = delivery.next_at {
            self.due.remove(&(at, index));
        }
        delivery.state = DeliveryState::Pending;
        delivery.next_at = Some(now);
        self.due.insert((now, index));
        true
    }

    /// Takes up what was on its way when the world was written to its file.
    pub fn wake_up(&mut self, now: i64) {
        for (index, delivery) in self.deliveries.iter_mut().enumerate() {
            if delivery.state == DeliveryState::Sending {
                delivery.state = DeliveryState::Pending;
                delivery.next_at = Some(now);
            }
            self.due.extend(delivery.next_at.map(|at| (at, index)));
        }
    }
}
