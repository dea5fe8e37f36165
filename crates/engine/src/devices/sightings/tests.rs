//! Sightings that could not be written are not lost.

use std::net::Ipv4Addr;

use super::*;
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_795_435_200_000);
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));

fn seen<'a>(hardware_key: &'a str, version: &'a str, address: IpAddr) -> Seen<'a> {
    Seen {
        key: (TenantId::from(1), ProductId::from(1), hardware_key),
        last_seen_at: NOW.millis(),
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

fn news(address: IpAddr) -> News {
    News {
        license: LicenseId::from(Uuid::nil()),
        livemode: true,
        actor: Actor::system(TenantId::from(1)),
        at: NOW,
        address,
        version: "1.0".into(),
    }
}

#[test]
fn a_place_is_told_once_in_a_minute_and_again_only_where_it_could_not_be_written() {
    let (sightings, key) = (Sightings::default(), || {
        (TenantId::from(1), ProductId::from(1), "A".to_owned())
    });
    let hear = |address| {
        let mut waiting = sightings.lock();
        let device = waiting.entry(key()).or_default();
        device.until = Some(NOW.plus_seconds(60));
        device.hear(news(address));
    };
    let told = || {
        let taken = sightings.take(NOW);
        let addresses = taken.iter().flat_map(|(_, device)| &device.news);
        (
            addresses.map(|news| news.address).collect::<Vec<_>>(),
            taken,
        )
    };
    for address in [OFFICE, HOME, OFFICE] {
        hear(address);
    }
    let (first, unwritten) = told();
    assert_eq!(first, [OFFICE, HOME]);
    hear(HOME);
    assert!(told().0.is_empty(), "told already");
    sightings.put_back(unwritten);
    assert_eq!(told().0, [OFFICE, HOME]);
    sightings.take(NOW.plus_seconds(60));
    assert!(sightings.lock().is_empty(), "its minute is over");
}
