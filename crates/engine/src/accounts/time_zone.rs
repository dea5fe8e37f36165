//! The time zone that a person reads times in. It changes how things are read and nothing else, so the
//! change log does not hear of it.

use domain::timestamp::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use store::people;

use super::session::SignedIn;
use crate::Engine;
use crate::error::{Error, Result};

/// Years before and after now whose shifts are told one by one.
const YEARS_BACK: i64 = 10;
const YEARS_ON: i64 = 5;
/// Shifts that are told at most: two a year, and room for zones that thought again.
const SHIFTS: usize = 64;

/// How far a zone is from UTC, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Unix seconds.
    pub from: i64,
    /// Seconds that local clocks are ahead of UTC.
    pub ahead: i32,
}

/// The names that a person may choose from, in their order; UTC stands apart from them.
pub fn names() -> Vec<String> {
    let all = TimeZoneDatabase::bundled();
    let mut names: Vec<_> = all
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| is_place(name))
        .collect();
    names.sort_unstable();
    names
}

/// `Europe/Berlin`, and no name that is kept for old programs alone.
fn is_place(name: &str) -> bool {
    const AREAS: [&str; 10] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    name.split_once('/')
        .is_some_and(|(area, _)| AREAS.contains(&area))
}

/// Keeps what a person chose; empty or `UTC` is UTC. Field: `timeZone`.
pub async fn choose(engine: &Engine, who: &SignedIn, name: &str) -> Result<()> {
    let name = match name.trim() {
        "UTC" => "",
        name => name,
    };
    if !name.is_empty() && !names().iter().any(|known| known == name) {
        let advice = "Choose one of the list, for example Europe/Berlin, or UTC.";
        return Err(Error::field("timeZone", advice));
    }
    let mut tx = engine.begin();
    let now = engine.now().millis();
    if !people::set_time_zone(&mut tx, who.session.person, name, now).await? {
        return Err(Error::NotFound("person"));
    }
    Ok(tx.commit().await?)
}

fn find(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// How far the zone is from UTC around `now`; the first of them holds also before, the last also after.
/// Nothing where the name is none: then it is UTC.
pub fn shifts(name: &str, now: Timestamp) -> Vec<Shift> {
    let moment = |at: Timestamp| jiff::Timestamp::from_second(at.unix_seconds()).ok();
    let (Some(zone), Some(start), Some(end)) = (
        find(name),
        moment(now.plus_days(-365 * YEARS_BACK)),
        moment(now.plus_days(365 * YEARS_ON)),
    ) else {
        return Vec::new();
    };
    let first = Shift {
        from: start.as_second(),
        ahead: zone.to_offset(start).seconds(),
    };
    let later = zone
        .following(start)
        .take_while(|shift| shift.timestamp() < end)
        .map(|shift| Shift {
            from: shift.timestamp().as_second(),
            ahead: shift.offset().seconds(),
        });
    std::iter::once(first).chain(later).take(SHIFTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T12:00:00Z.
    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_435_200);

    fn ahead(name: &str, unix_seconds: i64) -> Option<i32> {
        let shifts = shifts(name, NOW);
        let later = shifts.iter().rev().find(|shift| shift.from <= unix_seconds);
        later.or(shifts.first()).map(|shift| shift.ahead)
    }

    #[test]
    fn a_zone_is_as_far_from_utc_as_its_clocks_were() {
        // 2026-03-29T00:59:59Z and T01:00:00Z: summer time begins in Berlin.
        assert_eq!(ahead("Europe/Berlin", 1_774_745_999), Some(3_600));
        assert_eq!(ahead("Europe/Berlin", 1_774_746_000), Some(7_200));
        assert_eq!(ahead("Europe/Berlin", NOW.unix_seconds()), Some(3_600));
        assert_eq!(ahead("Asia/Kathmandu", 0), Some(20_700));
        assert_eq!(
            ahead("America/Los_Angeles", NOW.unix_seconds()),
            Some(-28_800)
        );
        assert_eq!(ahead("Europe/Atlantis", 0), None);
        assert_eq!(ahead("", 0), None);
    }

    #[test]
    fn what_is_told_of_a_zone_is_bounded() {
        for name in names() {
            let shifts = shifts(&name, NOW);
            assert!((1..=SHIFTS).contains(&shifts.len()), "{name}");
            assert!(shifts.is_sorted_by(|a, b| a.from < b.from), "{name}");
        }
    }

    #[test]
    fn names_are_places() {
        let names = names();
        assert!(names.is_sorted());
        for (name, is_there) in [
            ("Europe/Berlin", true),
            ("America/Argentina/Buenos_Aires", true),
            ("UTC", false),
            ("Etc/GMT+5", false),
            ("CET", false),
        ] {
            assert_eq!(names.iter().any(|n| n == name), is_there, "{name}");
        }
    }
}
