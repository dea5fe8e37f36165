//! Sightings that could not be written are not lost.

use std::net::Ipv4Addr;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));

fn seen<'a>(hardware_key: &'a str, version: &'a str, address: IpAddr) -> Seen<'a> {
    Seen {
        key: (TenantId::from(1), ProductId::from(1), hardware_key),
        last_seen_at: NOW.millis(),
        is_elsewhere: true,
        is_other_version: false,
        version,
        address,
        license: None,
    }
}

fn told(taken: &[(Key, Waiting)]) -> Vec<(&str, i64, &str, IpAddr)> {
    let devices = taken.iter();
    devices
        .map(|(key, device)| (&*key.2, device.contacts, &*device.version, device.address))
        .collect()
}

#[test]
fn what_could_not_be_written_is_put_back_and_counted_with_what_was_seen_since() {
    let sightings = Sightings::default();
    sightings.note(&seen("B", "1.0", HOME), NOW);
    sightings.note(&seen("B", "1.0", HOME), NOW);
    sightings.note(&seen("A", "1.0", HOME), NOW);
    let unwritten = sightings.take();
    let expected = [("A", 1, "1.0", HOME), ("B", 2, "1.0", HOME)];
    assert_eq!(told(&unwritten), expected, "always in one order");
    let later = NOW.plus_seconds(61);
    sightings.note(&seen("B", "", OFFICE), later);
    sightings.put_back(unwritten);
    let taken = sightings.take();
    let expected = [("A", 1, "1.0", HOME), ("B", 3, "1.0", OFFICE)];
    assert_eq!(told(&taken), expected);
    assert_eq!(taken[1].1.at, later);
}
