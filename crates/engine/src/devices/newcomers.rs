//! How many new devices an address may have remembered: more are judged all the same, so that nobody
//! is locked out, and nobody fills the database.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Mutex;

use domain::ids::{ProductId, TenantId};
use domain::timestamp::Timestamp;

/// New devices of an address within an hour.
const PER_HOUR: usize = 30;
/// Addresses that are counted at once, each for itself.
const CAPACITY: usize = 10_000;
/// Places that all others share.
const SHARED: u64 = 1_024;

/// New devices by address, lately. While too many addresses are counted, those that come then share
/// places with their neighbourhood: its size never grows, and from a quiet one devices are remembered
/// all the same, however many come from elsewhere.
#[derive(Default)]
pub(crate) struct Newcomers(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    own: HashMap<IpAddr, Hour>,
    shared: HashMap<u64, Hour>,
    /// No hour ends before, so that nobody looks in vain.
    full_until: Option<Timestamp>,
}

struct Hour {
    ends_at: Timestamp,
    /// Hashes, for the names of devices may be long.
    devices: HashSet<u64>,
}

/// A device and the product that it asks about.
pub(crate) type NewDevice<'a> = (TenantId, ProductId, &'a str);

impl Newcomers {
    /// Counts a new device once, however often it asks; false where its address has brought too many
    /// within the hour. An IPv6 network counts as one.
    pub(crate) fn may_be_recorded(
        &self,
        address: IpAddr,
        device: NewDevice<'_>,
        now: Timestamp,
    ) -> bool {
        let mut counted = self
            .0
            .lock()
            .expect("nothing panics while it holds this lock");
        let device = counted.own.hasher().hash_one(device);
        let hour = counted.hour(network(address), now);
        if hour.devices.len() < PER_HOUR {
            hour.devices.insert(device);
        }
        hour.devices.contains(&device)
    }
}

impl Counted {
    /// The hour that a network's devices are counted in.
    fn hour(&mut self, network: IpAddr, now: Timestamp) -> &mut Hour {
        let begin = || Hour {
            ends_at: now.plus_hours(1),
            devices: HashSet::new(),
        };
        let hour = if self.own.contains_key(&network) || self.has_room(now) {
            self.own.entry(network).or_insert_with(begin)
        } else {
            let place = self.own.hasher().hash_one(neighbourhood(network)) % SHARED;
            self.shared.entry(place).or_insert_with(begin)
        };
        if hour.ends_at <= now {
            *hour = begin();
        }
        hour
    }

    /// Whether one more address may be counted for itself.
    fn has_room(&mut self, now: Timestamp) -> bool {
        if self.own.len() >= CAPACITY && self.full_until.is_none_or(|until| until <= now) {
            self.own.retain(|_, hour| hour.ends_at > now);
            self.full_until = self.own.values().map(|hour| hour.ends_at).min();
        }
        self.own.len() < CAPACITY
    }
}

/// Whoever has one IPv6 address usually has its whole /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);

    /// Newcomers while as many addresses as there is room for are counted, all of one neighbourhood.
    fn crowded() -> Newcomers {
        let newcomers = Newcomers::default();
        for n in 0..u32::try_from(CAPACITY).expect("a small number") {
            let address = Ipv4Addr::from_bits(0x0A00_0000 + n).into();
            assert!(newcomers.may_be_recorded(address, device("D"), NOW));
        }
        newcomers
    }

    fn device(hardware_key: &str) -> NewDevice<'_> {
        (TenantId::from(1), ProductId::from(1), hardware_key)
    }

    #[test]
    fn in_a_crowd_a_quiet_neighbourhood_brings_thirty_new_devices_each_hour() {
        let newcomers = crowded();
        let may = |address: &str, name: &str, now| {
            let address = address.parse().expect("an address");
            newcomers.may_be_recorded(address, device(name), now)
        };
        for n in 0..30 {
            assert!(may(&format!("203.0.113.{n}"), &format!("D{n}"), NOW));
        }
        assert!(!may("203.0.1.1", "D30", NOW), "the same neighbourhood");
        assert!(may("203.0.1.1", "D7", NOW), "a device that was counted");
        assert!(
            may("10.0.0.1", "D30", NOW),
            "an address that is counted for itself"
        );
        let elsewhere = (0..20).filter(|n| may(&format!("198.{n}.100.1"), "D", NOW));
        // Neighbourhoods may meet at one of the places.
        assert!(elsewhere.count() >= 18);
        let later = NOW.plus_hours(1);
        for n in 0..30 {
            assert!(may("203.0.1.1", &format!("E{n}"), later), "another hour");
        }
        assert!(may("203.0.1.2", "E30", later), "there is room again");
    }

    #[test]
    fn what_a_crowd_leaves_behind_has_bounds() {
        let newcomers = crowded();
        for n in 0..20_000 {
            let address = Ipv6Addr::from_bits(u128::from(0x2001_0000 + n * 7_919_u32) << 96);
            newcomers.may_be_recorded(address.into(), device("D"), NOW);
        }
        let counted = newcomers.0.into_inner().expect("whole");
        assert_eq!(counted.own.len(), CAPACITY);
        assert!(counted.shared.len() <= usize::try_from(SHARED).expect("a small number"));
    }

    #[test]
    fn thirty_new_devices_of_an_address_are_remembered_each_hour() {
        let newcomers = Newcomers::default();
        let may = |address: &str, name: &str, now| {
            let address = address.parse().expect("an address");
            newcomers.may_be_recorded(address, device(name), now)
        };
        for n in 0..30 {
            assert!(may("2001:db8::1", &format!("D{n}"), NOW));
        }
        assert!(!may("2001:db8::2", "D30", NOW), "the same network");
        assert!(may("2001:db8::2", "D29", NOW), "a device that was counted");
        assert!(may("203.0.113.9", "D30", NOW), "another address");
        let later = NOW.plus_hours(1);
        assert!(may("2001:db8::1", "D30", later), "another hour");
    }
}
