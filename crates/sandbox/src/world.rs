//! All that the sandbox holds, behind one lock; plain data, so that it can be kept in a file.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::Account;
use crate::faults::Faults;
use crate::mailbox::Mail;
use crate::tools::Tools;
use crate::webhooks::delivery::Delivery;

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
    pub due: BTreeSet<(i64, usize)>,
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
}
