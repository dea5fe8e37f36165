//! How many new devices an address may have remembered: more are judged all the same, so that nobody
//! is locked out, and nobody fills the database.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use domain::timestamp::Timestamp;

/// New devices of an address within an hour.
const PER_HOUR: u32 = 30;
/// Addresses that are counted at once.
const CAPACITY: usize = 10_000;

/// New devices by address, lately.
#[derive(Default)]
pub(crate) struct Newcomers(Mutex<HashMap<IpAddr, Hour>>);

struct Hour {
    ends_at: Timestamp,
    devices: u32,
}

impl Newcomers {
    /// Counts a new device; false where its address has brought too many within the hour. An IPv6
    /// network counts as one. While the table is full, addresses that it does not hold are not counted
    /// for themselves, and bring none.
    pub(crate) fn may_be_recorded(&self, address: IpAddr, now: Timestamp) -> bool {
        let mut hours = self
            .0
            .lock()
            .expect("nothing panics while it holds this lock");
        let address = network(address);
        if hours.len() >= CAPACITY && !hours.contains_key(&address) {
            hours.retain(|_, hour| hour.ends_at > now);
            if hours.len() >= CAPACITY {
                return false;
            }
        }
        let begin = || Hour {
            ends_at: now.plus_hours(1),
            devices: 0,
        };
        let hour = hours.entry(address).or_insert_with(begin);
        if hour.ends_at <= now {
            *hour = begin();
        }
        hour.devices += 1;
        hour.devices <= PER_HOUR
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
        let may = |address: &str, now| {
            newcomers.may_be_recorded(address.parse().expect("an address"), now)
        };
        for _ in 0..30 {
            assert!(may("2001:db8::1", NOW));
        }
        assert!(!may("2001:db8::2", NOW), "the same network");
        assert!(may("203.0.113.9", NOW), "another address");
        assert!(may("2001:db8::1", NOW.plus_hours(1)), "another hour");
    }
}
