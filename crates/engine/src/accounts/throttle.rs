//! Counting attempts per account and per address, so that passwords cannot be tried at will.
//!
//! An attempt counts before the password is looked at, so that many at once gain nothing;
//! a right password takes its own count back. Bounded: where a table is full, the count that
//! began first is forgotten.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use domain::timestamp::Timestamp;

use crate::error::{Error, Result};

/// Attempts at one account within a window.
const PER_ACCOUNT: u32 = 10;
/// Attempts from one address within a window; an office may share one.
const PER_ADDRESS: u32 = 50;
const WINDOW_SECONDS: i64 = 15 * 60;
/// Counts that are kept at once in each table.
const CAPACITY: usize = 10_000;

/// What was tried lately.
#[derive(Default)]
pub(crate) struct Throttle {
    accounts: Mutex<Counts<String>>,
    addresses: Mutex<Counts<IpAddr>>,
}

/// An attempt that has been counted.
#[must_use]
pub(crate) struct Attempt<'a> {
    throttle: &'a Throttle,
    account: String,
    address: IpAddr,
}

impl Throttle {
    /// Counts an attempt, or refuses it where there were too many.
    pub(crate) fn count(
        &self,
        now: Timestamp,
        account: &str,
        address: IpAddr,
    ) -> Result<Attempt<'_>> {
        let address = network(address);
        lock(&self.addresses).count(now, &address, PER_ADDRESS)?;
        lock(&self.accounts).count(now, &account.to_owned(), PER_ACCOUNT)?;
        Ok(Attempt {
            throttle: self,
            account: account.to_owned(),
            address,
        })
    }
}

impl Attempt<'_> {
    /// The password was right: the account's count begins anew, and the address gets this one back.
    pub(crate) fn succeeded(self) {
        lock(&self.throttle.accounts).0.remove(&self.account);
        if let Some(window) = lock(&self.throttle.addresses).0.get_mut(&self.address) {
            window.attempts = window.attempts.saturating_sub(1);
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
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn retry_after(result: &Result<Attempt<'_>>) -> Option<u64> {
        match result {
            Err(Error::TooMany {
                retry_after_seconds,
            }) => Some(*retry_after_seconds),
            _ => None,
        }
    }

    #[test]
    fn the_eleventh_attempt_at_an_account_waits_wherever_it_comes_from() {
        let throttle = Throttle::default();
        for i in 0..10 {
            let from = address(&format!("192.0.2.{i}"));
            assert!(throttle.count(NOW, "ann", from).is_ok(), "attempt {i}");
        }
        let refused = throttle.count(NOW.plus_seconds(60), "ann", address("192.0.2.99"));
        assert_eq!(retry_after(&refused), Some(840));
        let other = throttle.count(NOW, "bob", address("192.0.2.99"));
        assert!(other.is_ok());
        let later = throttle.count(NOW.plus_seconds(900), "ann", address("192.0.2.99"));
        assert!(later.is_ok());
    }

    #[test]
    fn one_address_cannot_try_many_accounts() {
        let throttle = Throttle::default();
        for i in 0..50 {
            let from = address(&format!("2001:db8::{i}"));
            let attempt = throttle.count(NOW, &format!("person {i}"), from);
            assert!(attempt.is_ok(), "attempt {i}");
        }
        let same_network = throttle.count(NOW, "another", address("2001:db8::ffff"));
        assert_eq!(retry_after(&same_network), Some(900));
        let other_network = throttle.count(NOW, "another", address("2001:db8:0:1::1"));
        assert!(other_network.is_ok());
    }

    #[test]
    fn a_right_password_costs_nothing() {
        let throttle = Throttle::default();
        for i in 0..200 {
            let attempt = throttle.count(NOW, "ann", address("192.0.2.1"));
            attempt
                .unwrap_or_else(|_| panic!("attempt {i}"))
                .succeeded();
        }
    }

    #[test]
    fn the_tables_stay_bounded_and_forget_the_oldest_first() {
        let mut counts = Counts::default();
        for i in 0..CAPACITY + 100 {
            let at = NOW.plus_millis(i64::try_from(i).expect("small"));
            counts.count(at, &i, 1).expect("is counted");
        }
        assert_eq!(counts.0.len(), CAPACITY);
        assert!(!counts.0.contains_key(&0));
        assert!(counts.0.contains_key(&(CAPACITY + 99)));
        counts
            .count(NOW.plus_days(1), &usize::MAX, 1)
            .expect("is counted");
        assert_eq!(counts.0.len(), 1, "what has ended goes first");
    }
}
