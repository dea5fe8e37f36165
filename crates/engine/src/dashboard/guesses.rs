//! Who tries activation keys: kept in memory, a day long, on the node that was asked.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Mutex;

use domain::ids::TenantId;
use domain::timestamp::Timestamp;

use crate::Engine;
use crate::actor::Actor;

/// Hours after the last guess that it is shown.
const SHOWN_HOURS: i64 = 24;
/// Addresses that are told apart.
const ADDRESSES: usize = 100;

/// Addresses that tried too many unknown keys with a tenant's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guessing {
    pub first_at: Timestamp,
    last_at: Timestamp,
    /// At most [`ADDRESSES`].
    pub addresses: HashSet<IpAddr>,
}

impl Guessing {
    /// True where there may be more addresses than were told apart.
    pub fn is_full(&self) -> bool {
        self.addresses.len() >= ADDRESSES
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.last_at.plus_hours(SHOWN_HOURS) <= now
    }
}

/// By tenant.
#[derive(Default)]
pub(crate) struct Guesses(Mutex<HashMap<TenantId, Guessing>>);

impl Guesses {
    fn note(&self, tenant: TenantId, address: IpAddr, now: Timestamp) {
        let mut tenants = self.0.lock().expect("nothing panics while it holds this");
        let begin = || Guessing {
            first_at: now,
            last_at: now,
            addresses: HashSet::new(),
        };
        let guessing = tenants.entry(tenant).or_insert_with(begin);
        if guessing.is_over(now) {
            *guessing = begin();
        }
        guessing.last_at = now;
        if !guessing.is_full() {
            guessing.addresses.insert(address);
        }
    }

    pub(crate) fn find(&self, tenant: TenantId, now: Timestamp) -> Option<Guessing> {
        let tenants = self.0.lock().expect("nothing panics while it holds this");
        let guessing = tenants.get(&tenant)?;
        (!guessing.is_over(now)).then(|| guessing.clone())
    }
}

/// Notes that an address has named as many unknown keys as it may for now, with one of the tenant's tokens.
pub fn note(engine: &Engine, actor: &Actor, address: IpAddr) {
    engine.guesses().note(actor.tenant(), address, engine.now());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);

    #[test]
    fn guesses_are_shown_to_their_tenant_until_a_day_after_the_last() {
        let guesses = Guesses::default();
        let (own, other) = (TenantId::from(1), TenantId::from(2));
        guesses.note(own, Ipv4Addr::LOCALHOST.into(), NOW);
        guesses.note(own, Ipv4Addr::LOCALHOST.into(), NOW.plus_hours(20));
        let later = NOW.plus_hours(43);
        let found = guesses.find(own, later).expect("still shown");
        assert_eq!((found.first_at, found.addresses.len()), (NOW, 1));
        assert_eq!(guesses.find(other, later), None);
        assert_eq!(guesses.find(own, NOW.plus_hours(44)), None);
    }

    #[test]
    fn addresses_beyond_a_hundred_are_not_kept() {
        let guesses = Guesses::default();
        let own = TenantId::from(1);
        for number in 0..1_000 {
            guesses.note(own, Ipv4Addr::from_bits(number).into(), NOW);
        }
        let found = guesses.find(own, NOW).expect("shown");
        assert_eq!(found.addresses.len(), ADDRESSES);
        assert!(found.is_full());
    }
}
