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
    let seen = taken
        .iter()
        .filter_map(|(key, device)| Some((key, device.sighting.as_ref()?)));
    seen.map(|(key, place)| (&*key.2, place.contacts, &*place.version, place.address))
        .collect()
}

#[test]
fn what_could_not_be_written_is_put_back_and_counted_with_what_was_seen_since() {
    let sightings = Sightings::default();
    let at_first = NOW.plus_seconds(60);
    for hardware_key in ["B", "B", "A"] {
        sightings.note(&seen(hardware_key, "1.0", HOME), at_first);
    }
    let unwritten = sightings.take(at_first);
    let expected = [("A", 1, "1.0", HOME), ("B", 1, "1.0", HOME)];
    assert_eq!(told(&unwritten), expected, "always in one order");
    let later = NOW.plus_seconds(121);
    sightings.note(&seen("B", "", OFFICE), later);
    sightings.put_back(unwritten);
    let taken = sightings.take(later);
    let expected = [("A", 1, "1.0", HOME), ("B", 2, "1.0", OFFICE)];
    assert_eq!(told(&taken), expected);
    let last = taken[1].1.sighting.as_ref().expect("it was seen");
    assert_eq!(last.at, later);
}

#[test]
fn a_device_that_is_elsewhere_each_time_is_written_once_a_minute() {
    let sightings = Sightings::default();
    for second in 0..60 {
        let place = if second % 2 == 0 { HOME } else { OFFICE };
        sightings.note(&seen("A", "1.0", place), NOW.plus_seconds(second));
    }
    let now = NOW.plus_seconds(60);
    assert_eq!(told(&sightings.take(now)), []);
    sightings.note(&seen("A", "1.0", OFFICE), now);
    assert_eq!(told(&sightings.take(now)), [("A", 1, "1.0", OFFICE)]);
}
