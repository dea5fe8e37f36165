//! All that the sandbox holds, behind one lock; plain data, so that it can be kept in a file.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::Account;
use crate::faults::Faults;
use crate::mailbox::Mail;
use crate::options::{LIVE_RETRIES, TEST_RETRIES};
use crate::tools::Tools;
use crate::webhooks::delivery::{Attempt, Delivery, DeliveryState};
use crate::webhooks::event::{Event, NewEvent};

const MOST_REQUESTS: usize = 10_000;

/// Accounts, deliveries, mails and switches.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub accounts: BTreeMap<String, Account>,
    /// Account id by API key.
    pub keys: BTreeMap<String, String>,
    pub deliveries: Vec<Delivery>,
    pub settlements: Vec<Settlement>,
    pub mails: Vec<Mail>,
    pub faults: Faults,
    /// Milliseconds between the attempts of one delivery; without it Stripe's own pace.
    pub retry_delays: Option<Vec<i64>>,
    /// When which delivery (by position) is due; made anew from the deliveries.
    #[serde(skip)]
    due: BTreeSet<(i64, usize)>,
    #[serde(skip)]
    pub requests: VecDeque<SeenRequest>,
}

/// A delayed payment that will end by itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settlement {
    /// UTC unix milliseconds; none waits to be ended by hand.
    pub at: Option<i64>,
    pub session: String,
    pub succeeds: bool,
}

/// A request that the API got, for tests that look at what was asked.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenRequest {
    /// The HTTP method.
    pub method: String,
    /// The path without query.
    pub path: String,
    /// Query and body as one tree of texts.
    pub params: Value,
    /// The `Idempotency-Key`, where there was one.
    pub idempotency_key: Option<String>,
    /// The `Stripe-Version`, where there was one.
    pub api_version: Option<String>,
    /// The answer's status.
    pub status: u16,
}

impl World {
    /// A world in which nothing happened yet, at the given pace of retries.
    pub fn with_retry_delays(retry_delays: Option<Vec<i64>>) -> Self {
        Self {
            retry_delays,
            ..Self::default()
        }
    }

    /// Writes down a request; only the newest ones are kept.
    pub fn remember_request(&mut self, request: SeenRequest) {
        if self.requests.len() >= MOST_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    /// The account of a key; a key that was never seen opens a new one.
    pub fn account_of_key(&mut self, key: &str, tools: &Tools) -> &mut Account {
        let id = self
            .keys
            .entry(key.to_owned())
            .or_insert_with(|| format!("acct_1{}", tools.dice.letters(15)))
            .clone();
        let livemode = key.contains("_live_");
        self.accounts
            .entry(id.clone())
            .or_insert_with(|| Account::new(id, livemode))
    }

    pub fn account(&mut self, id: &str) -> &mut Account {
        self.accounts
            .get_mut(id)
            .expect("an id of an account comes from the accounts")
    }

    /// The account that holds this session.
    pub fn account_of_session(&mut self, session: &str) -> Option<&mut Account> {
        self.account_holding("checkout.session", session)
    }

    pub fn account_holding(&mut self, kind: &str, id: &str) -> Option<&mut Account> {
        self.accounts
            .values_mut()
            .find(|account| account.get(kind, id).is_some())
    }

    /// Makes an event and queues it for the endpoints that want it; answers its id.
    pub fn emit(&mut self, account: &str, new: NewEvent, tools: &Tools) -> String {
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
