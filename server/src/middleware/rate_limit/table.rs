//! What is kept of each caller, in bounded memory.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

const SHARDS: usize = 16;
/// Callers that a table keeps for themselves.
pub(super) const MOST: usize = 65_536;
/// Places that all others share.
const SHARED: usize = 4_096;

/// Whose allowance it is: an address, or somebody at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Holder {
    /// From [`network`].
    pub network: IpAddr,
    /// Who there, as a hash; 0 is everybody.
    pub of: u64,
}

/// An IPv4 address, or the /64 network of an IPv6 one: its holder has them all.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// A network's neighbourhood: its /16, or the /32 of an IPv6 one.
fn neighbourhood(network: IpAddr) -> IpAddr {
    match network {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            Ipv4Addr::new(a, b, 0, 0).into()
        }
        IpAddr::V6(v6) => {
            let [a, b, ..] = v6.segments();
            Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0).into()
        }
    }
}

/// A holder's allowance is taken from, or only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Ask {
    /// One is taken, if one is left.
    Take(Holder),
    /// Is one left?
    Look(Holder),
}

/// What governor keeps of each holder. While it is full, those that it does not hold share places with
/// their neighbourhood, so that its size never grows and nobody is let through uncounted.
pub(super) struct Table {
    shards: [Mutex<HashMap<Holder, Nanos>>; SHARDS],
    shared: Vec<Mutex<Option<Nanos>>>,
    chance: RandomState,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
            shared: (0..SHARED).map(|_| Mutex::default()).collect(),
            chance: RandomState::new(),
        }
    }
}

impl Table {
    fn place(&self, holder: &Holder, places: usize) -> usize {
        let hash = self.chance.hash_one(holder);
        let places = u64::try_from(places).expect("a small number");
        usize::try_from(hash % places).expect("less than a small number")
    }
}

/// One number is written at a time: what a panic left behind is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StateStore for Table {
    type Key = Ask;

    fn measure_and_replace<T, F, E>(&self, key: &Ask, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let (Ask::Take(holder) | Ask::Look(holder)) = *key;
        let takes = matches!(key, Ask::Take(_));
        let mut own = lock(&self.shards[self.place(&holder, SHARDS)]);
        let kept = own.get(&holder).copied();
        if kept.is_some() || own.len() < MOST / SHARDS {
            let (outcome, next) = f(kept)?;
            if takes {
                own.insert(holder, next);
            }
            return Ok(outcome);
        }
        drop(own);
        let among = Holder {
            network: neighbourhood(holder.network),
            of: holder.of,
        };
        let mut shared = lock(&self.shared[self.place(&among, SHARED)]);
        let (outcome, next) = f(*shared)?;
        if takes {
            *shared = Some(next);
        }
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<Ask> for Table {
    fn retain_recent(&self, drop_below: Nanos) {
        for shard in &self.shards {
            lock(shard).retain(|_, kept| *kept > drop_below);
        }
    }

    fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
