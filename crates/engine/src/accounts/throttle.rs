//! Counting attempts, so that passwords and codes cannot be tried at will, and nobody keeps others out.
//!
//! What counts is an account as tried from one network: whoever guesses locks themselves out, and not
//! the account's owner. The account as a whole has a far higher limit, against guesses from many
//! networks; and a browser that has signed in to the account before has a count of its own, so that
//! even then its person gets in.
//!
//! An attempt counts before the password is looked at, so that many at once gain nothing;
//! a right one takes its count back. Bounded: where a table is full, the count that began first is
//! forgotten.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use domain::timestamp::Timestamp;

use crate::error::{Error, Result};

/// Attempts at one account from one network, or in one known browser, within a window.
const PER_DOOR: u32 = 10;
/// Attempts at one account's password from anywhere but known browsers.
pub(super) const PASSWORDS: u32 = 100;
/// The same for codes of six digits: whoever tries them has the password already.
pub(super) const CODES: u32 = 20;
/// Attempts from one network within a window; an office may share one.
const PER_NETWORK: u32 = 50;
const WINDOW_SECONDS: i64 = 15 * 60;
/// Counts that are kept at once in each table.
const CAPACITY: usize = 10_000;

/// What was tried lately.
#[derive(Default)]
pub(crate) struct Throttle {
    doors: Mutex<Counts<String>>,
    accounts: Mutex<Counts<String>>,
    networks: Mutex<Counts<IpAddr>>,
}

/// What is tried, and from where.
#[derive(Clone, Copy)]
pub(crate) struct Door<'a> {
    /// The account, or whatever else is guessed at.
    pub account: &'a str,
    /// Where the request comes from.
    pub address: IpAddr,
    /// The browser's id, where it has signed in to this account before.
    pub browser: Option<&'a str>,
    /// Attempts at the account from anywhere: [`PASSWORDS`] or [`CODES`].
    pub at_most: u32,
}

/// An attempt that has been counted.
#[must_use]
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    door: String,
    /// Where it counts besides; a known browser's counts nowhere else.
    elsewhere: Option<(String, IpAddr)>,
}

impl Throttle {
    /// Counts an attempt, or refuses it where there were too many.
    pub(crate) fn count(&self, now: Timestamp, door: &Door<'_>) -> Result<Attempt<'_>> {
        let account = door.account.to_owned();
        if let Some(browser) = door.browser {
            let key = format!("{account} in {browser}");
            lock(&self.doors).count(now, &key, PER_DOOR)?;
            return Ok(Attempt {
                throttle: self,
                door: key,
                elsewhere: None,
            });
        }
        let network = network(door.address);
        let key = format!("{account} from {network}");
        lock(&self.networks).count(now, &network, PER_NETWORK)?;
        // In this order: what is refused here does not count against the account.
        lock(&self.doors).count(now, &key, PER_DOOR)?;
        lock(&self.accounts).count(now, &account, door.at_most)?;
        Ok(Attempt {
            throttle: self,
            door: key,
            elsewhere: Some((account, network)),
        })
    }
}

impl Attempt<'_> {
    /// It was right: the door's count begins anew, and the others get this one back.
    pub(crate) fn succeeded(self) {
        lock(&self.throttle.doors).0.remove(&self.door);
        if let Some((account, network)) = self.elsewhere {
            lock(&self.throttle.accounts).give_back(&account);
            lock(&self.throttle.networks).give_back(&network);
        }
    }
}

struct Counts<K>(HashMap<K, Window>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

struct Window {
    ends_at: Timestamp,
    attempts: u32,
}

impl<K: std::hash::Hash + Eq + Clone> Counts<K> {
    fn count(&mut self, now: Timestamp, key: &K, limit: u32) -> Result<()> {
        if !self.0.contains_key(key) {
            self.make_room(now);
        }
        let begin = || Window {
            ends_at: now.plus_seconds(WINDOW_SECONDS),
            attempts: 0,
        };
        let window = self.0.entry(key.clone()).or_insert_with(begin);
        if window.ends_at <= now {
            *window = begin();
        }
        if window.attempts >= limit {
            let left = window.ends_at.millis().saturating_sub(now.millis());
            return Err(Error::TooMany {
                retry_after_seconds: u64::try_from(left).unwrap_or_default().div_ceil(1000),
            });
        }
        window.attempts += 1;
        Ok(())
    }

    fn give_back(&mut self, key: &K) {
        if let Some(window) = self.0.get_mut(key) {
            window.attempts = window.attempts.saturating_sub(1);
        }
    }

    fn make_room(&mut self, now: Timestamp) {
        if self.0.len() < CAPACITY {
            return;
        }
        self.0.retain(|_, window| window.ends_at > now);
        if self.0.len() < CAPACITY {
            return;
        }
        let first = self.0.iter().min_by_key(|(_, window)| window.ends_at);
        if let Some(key) = first.map(|(key, _)| key.clone()) {
            self.0.remove(&key);
        }
    }
}

/// Whoever has one IPv6 address usually has its whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .expect("nothing panics while it holds this lock")
}

#[cfg(test)]
mod tests;
