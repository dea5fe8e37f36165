//! How many new devices an address may have remembered: more are judged all the same, so that nobody
//! is locked out, and nobody fills the database.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher as _;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use domain::ids::{ProductId, TenantId};
use domain::timestamp::Timestamp;

/// New devices of an address within an hour.
const PER_HOUR: usize = 30;
/// Addresses that are counted at once.
const CAPACITY: usize = 10_000;

/// New devices by address, lately.
#[derive(Default)]
pub(crate) struct Newcomers(Mutex<HashMap<IpAddr, Hour>>);

struct Hour {
    ends_at: Timestamp,
    /// Hashes, for the names of devices may be long.
    devices: HashSet<u64>,
}

/// A device and the product that it asks about.
pub(crate) type NewDevice<'a> = (TenantId, ProductId, &'a str);

impl Newcomers {
    /// Counts a new device once, however often it asks; false where its address has brought too many
    /// within the hour. An IPv6 network counts as one. While the table is full, addresses that it does
    /// not hold bring none.
    pub(crate) fn may_be_recorded(
        &self,
        address: IpAddr,
        device: NewDevice<'_>,
        now: Timestamp,
    ) -> bool {
        let mut hours = self
            .0
            .lock()
            .expect("nothing panics while it holds this lock");
        let address = network(address);
        let device = hours.hasher().hash_one(device);
        if hours.len() >= CAPACITY && !hours.contains_key(&address) {
            hours.retain(|_, hour| hour.ends_at > now);
            if hours.len() >= CAPACITY {
                return false;
            }
        }
        let begin = || Hour {
            ends_at: now.plus_hours(1),
            devices: HashSet::new(),
        };
        let hour = hours.entry(address).or_insert_with(begin);
        if hour.ends_at <= now {
            *hour = begin();
        }
        if hour.devices.len() < PER_HOUR {
            hour.devices.insert(device);
        }
        hour.devices.contains(&device)
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);

    #[test]
    fn thirty_new_devices_of_an_address_are_remembered_each_hour() {
        let newcomers = Newcomers::default();
        let may = |address: &str, device: &str, now| {
            let device = (TenantId::from(1), ProductId::from(1), device);
            newcomers.may_be_recorded(address.parse().expect("an address"), device, now)
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
