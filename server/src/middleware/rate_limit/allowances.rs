//! How much each caller may ask within a minute.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::{Quota, RateLimiter};

use super::table::{Ask, Holder, Table, network};

/// A known key on its device, whatever else comes from its address.
const DEVICE: NonZeroU32 = NonZeroU32::new(60).expect("sixty is not zero");
/// Holders whose allowance is whole again are forgotten so often.
const TIDY: Duration = Duration::from_mins(1);

/// Calls a minute; `None` is without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// All calls of an address.
    pub address: Option<NonZeroU32>,
    /// All calls of an address with one token.
    pub token: Option<NonZeroU32>,
    /// Calls of an address that name a key that no licence has.
    pub guesses: Option<NonZeroU32>,
}

impl Default for RateLimitSettings {
    fn default() -> Self {
        Self {
            address: NonZeroU32::new(1_200),
            token: NonZeroU32::new(600),
            guesses: NonZeroU32::new(20),
        }
    }
}

/// The time since some start; it never goes back.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// Ticks as this function says.
    pub fn new(elapsed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(elapsed))
    }
}

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        (self.0)().into()
    }
}

/// What is left after a call, for its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Calls a minute.
    pub limit: u32,
    /// Calls that would be answered now.
    pub remaining: u32,
}

impl Allowance {
    /// Seconds until all of it is there again.
    pub fn reset_seconds(self) -> u64 {
        let spent = u64::from(self.limit - self.remaining);
        (spent * 60).div_ceil(u64::from(self.limit))
    }
}

/// Nothing is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent {
    /// Calls a minute.
    pub limit: u32,
    /// Seconds until one more is answered; 1 at least.
    pub retry_after_seconds: u64,
}

type Outcome = Result<Option<Allowance>, Spent>;

/// One kind of allowance; `None` is without limit.
struct Limiter(Option<Counted>);

struct Counted {
    limit: NonZeroU32,
    limiter: RateLimiter<Ask, Table, Ticks, StateInformationMiddleware>,
}

impl Limiter {
    fn new(limit: Option<NonZeroU32>, ticks: &Ticks) -> Self {
        Self(limit.map(|limit| Counted {
            limit,
            limiter: RateLimiter::new(Quota::per_minute(limit), Table::default(), ticks.clone()),
        }))
    }

    fn ask(&self, ask: Ask) -> Outcome {
        let Some(Counted { limit, limiter }) = &self.0 else {
            return Ok(None);
        };
        let limit = limit.get();
        match limiter.check_key(&ask) {
            Ok(left) => Ok(Some(Allowance {
                limit,
                remaining: left.remaining_burst_capacity().min(limit),
            })),
            Err(until) => {
                let wait = until.wait_time_from(limiter.clock().now());
                let retry_after_seconds = wait.as_secs_f64().ceil().max(1.0);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 1 and 60"
                )]
                let retry_after_seconds = retry_after_seconds as u64;
                Err(Spent {
                    limit,
                    retry_after_seconds,
                })
            }
        }
    }

    fn tidy(&self) {
        if let Some(counted) = &self.0 {
            counted.limiter.retain_recent();
        }
    }
}

/// All allowances of a server.
pub struct RateLimits {
    ticks: Ticks,
    addresses: Limiter,
    tokens: Limiter,
    guesses: Limiter,
    devices: Limiter,
    chance: RandomState,
    tidied: AtomicU64,
}

impl RateLimits {
    /// Nobody has asked anything yet.
    pub fn new(settings: RateLimitSettings, ticks: Ticks) -> Self {
        let limiter = |limit| Limiter::new(limit, &ticks);
        Self {
            addresses: limiter(settings.address),
            tokens: limiter(settings.token),
            guesses: limiter(settings.guesses),
            devices: limiter(Some(DEVICE)),
            chance: RandomState::new(),
            tidied: AtomicU64::new(ticks.now().into()),
            ticks,
        }
    }

    /// Counts a call: its address, and its token there. The answer is what is scarcer.
    pub(super) fn count(&self, address: IpAddr, token: Option<&[u8]>) -> Outcome {
        self.tidy();
        let network = network(address);
        let of_address = self.addresses.ask(Ask::Take(Holder { network, of: 0 }))?;
        let Some(token) = token else {
            return Ok(of_address);
        };
        let of = self.chance.hash_one(token);
        let of_token = self.tokens.ask(Ask::Take(Holder { network, of }))?;
        let scarcer = of_address.into_iter().chain(of_token);
        Ok(scarcer.min_by_key(|allowance| allowance.remaining))
    }

    /// Refuses where the address has named too many unknown keys.
    pub(super) fn look_at_guesses(&self, address: IpAddr) -> Outcome {
        self.guesses.ask(Ask::Look(everybody_at(address)))
    }

    /// Counts an unknown key; true where the address may not name another one now.
    pub(super) fn count_guess(&self, address: IpAddr) -> bool {
        let left = self.guesses.ask(Ask::Take(everybody_at(address)));
        left.is_ok_and(|left| left.is_some_and(|left| left.remaining == 0))
    }

    /// Counts a call of a known key on its device.
    pub(super) fn count_device(&self, device: &impl Hash) -> Outcome {
        let network = Ipv4Addr::UNSPECIFIED.into();
        let of = self.chance.hash_one(device);
        self.devices.ask(Ask::Take(Holder { network, of }))
    }

    /// Once a minute, with the first call of that minute: without calls nothing grows.
    fn tidy(&self) {
        let now: u64 = self.ticks.now().into();
        let tidied = self.tidied.load(Ordering::Relaxed);
        if Duration::from_nanos(now.saturating_sub(tidied)) < TIDY {
            return;
        }
        let mine = self
            .tidied
            .compare_exchange(tidied, now, Ordering::Relaxed, Ordering::Relaxed);
        if mine.is_ok() {
            for limiter in [&self.addresses, &self.tokens, &self.guesses, &self.devices] {
                limiter.tidy();
            }
        }
    }
}

fn everybody_at(address: IpAddr) -> Holder {
    Holder {
        network: network(address),
        of: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::middleware::rate_limit::table::MOST;
    use std::net::Ipv6Addr;

    /// Limits, and the hand of their clock in seconds.
    fn limits(settings: RateLimitSettings) -> (RateLimits, Arc<AtomicU64>) {
        let hand = Arc::new(AtomicU64::new(0));
        let read = hand.clone();
        let ticks = Ticks::new(move || Duration::from_secs(read.load(Ordering::Relaxed)));
        (RateLimits::new(settings, ticks), hand)
    }

    const OFF: RateLimitSettings = RateLimitSettings {
        address: None,
        token: None,
        guesses: None,
    };

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_has_its_calls_a_minute_and_gets_one_after_another_back() {
        let address = NonZeroU32::new(6);
        let (limits, hand) = limits(RateLimitSettings { address, ..OFF });
        for remaining in (0..6).rev() {
            let left = limits.count(ip("192.0.2.1"), None);
            assert_eq!(
                left,
                Ok(Some(Allowance {
                    limit: 6,
                    remaining
                }))
            );
        }
        let spent = Spent {
            limit: 6,
            retry_after_seconds: 10,
        };
        assert_eq!(limits.count(ip("192.0.2.1"), None), Err(spent));
        assert!(limits.count(ip("192.0.2.2"), None).is_ok());
        hand.fetch_add(10, Ordering::Relaxed);
        let left = limits.count(ip("192.0.2.1"), None);
        assert_eq!(
            left.map(|left| left.map(Allowance::reset_seconds)),
            Ok(Some(60))
        );
        assert!(limits.count(ip("192.0.2.1"), None).is_err());
    }

    #[test]
    fn a_token_counts_at_each_address_for_itself() {
        let token = NonZeroU32::new(2);
        let (limits, _) = limits(RateLimitSettings { token, ..OFF });
        let may = |address: &str, token: &[u8]| limits.count(ip(address), Some(token)).is_ok();
        assert!(may("192.0.2.1", b"a") && may("192.0.2.1", b"a"));
        assert!(!may("192.0.2.1", b"a"));
        assert!(may("192.0.2.1", b"b"), "another token");
        assert!(may("192.0.2.2", b"a"), "another address");
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let address = NonZeroU32::new(1);
        let (limits, _) = limits(RateLimitSettings { address, ..OFF });
        assert!(limits.count(ip("2001:db8::1"), None).is_ok());
        assert!(limits.count(ip("2001:db8::2"), None).is_err());
        assert!(limits.count(ip("2001:db8:0:1::1"), None).is_ok());
        assert!(limits.count(ip("::ffff:192.0.2.1"), None).is_ok());
        assert!(limits.count(ip("192.0.2.1"), None).is_err());
    }

    #[test]
    fn looking_takes_nothing_and_the_last_guess_is_told() {
        let guesses = NonZeroU32::new(2);
        let (limits, _) = limits(RateLimitSettings { guesses, ..OFF });
        let from = ip("192.0.2.1");
        for _ in 0..5 {
            assert!(limits.look_at_guesses(from).is_ok());
        }
        assert!(!limits.count_guess(from));
        assert!(limits.look_at_guesses(from).is_ok());
        assert!(limits.count_guess(from), "none is left");
        assert!(limits.look_at_guesses(from).is_err());
        assert!(limits.look_at_guesses(ip("192.0.2.2")).is_ok());
    }

    #[test]
    fn what_is_off_counts_nothing() {
        let (limits, _) = limits(OFF);
        for _ in 0..10_000 {
            assert_eq!(limits.count(ip("192.0.2.1"), Some(b"a")), Ok(None));
            assert!(!limits.count_guess(ip("192.0.2.1")));
        }
    }

    #[test]
    fn a_million_addresses_leave_the_table_bounded_and_none_uncounted() {
        let address = NonZeroU32::new(1_000);
        let (limits, hand) = limits(RateLimitSettings { address, ..OFF });
        let of_table = || limits.addresses.0.as_ref().expect("is on").limiter.len();
        let old = ip("192.0.2.1");
        assert!(limits.count(old, None).is_ok());
        for number in 0..1_000_000_u32 {
            let from = Ipv4Addr::from_bits(0x0a00_0000 + number);
            // Those of a crowded neighbourhood may be refused; all are counted.
            let _counted = limits.count(from.into(), None);
        }
        assert!((MOST / 2..=MOST).contains(&of_table()), "{}", of_table());
        let left = limits
            .count(old, None)
            .expect("who is held stays for himself");
        assert_eq!(left.map(|left| left.remaining), Some(998));
        let crowd = ip("10.15.66.63");
        assert!(limits.count(crowd, None).is_err(), "it shares one place");
        let far = |number| IpAddr::from(Ipv6Addr::new(0x2001, number, 0, 0, 0, 0, 0, 1));
        let heard = (0..16).filter(|n| limits.count(far(*n), None).is_ok());
        assert!(heard.count() >= 12, "other neighbourhoods are answered");
        hand.fetch_add(3_600, Ordering::Relaxed);
        assert!(limits.count(crowd, None).is_ok());
        assert!(of_table() <= 1, "who fell silent is forgotten");
    }
}
