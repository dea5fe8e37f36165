//! The time zone that a person reads times in: worked out by the server and sent along, so that server and
//! browser write the same, and the browser needs to know no zones.

use domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use crate::format;

/// A zone other than UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// `Europe/Berlin`.
    pub name: String,
    /// From these Unix seconds on its clocks are so many seconds ahead of UTC, oldest first; the first
    /// holds also before, the last also after.
    pub shifts: Vec<(i64, i32)>,
}

impl Zone {
    /// The last part of its name: `Berlin`, `New York`.
    pub fn city(&self) -> String {
        let city = self.name.rsplit('/').next().unwrap_or_default();
        city.replace('_', " ")
    }

    /// `2026-11-23 10:21:40`, as its clocks show it.
    pub fn date_time(&self, at: Timestamp) -> String {
        let later = |shift: &&(i64, i32)| shift.0 <= at.unix_seconds();
        let shift = self.shifts.iter().rev().find(later).or(self.shifts.first());
        let ahead = shift.map_or(0, |shift| i64::from(shift.1));
        format::date_time(at.plus_seconds(ahead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_the_clocks_of_its_day_showed_it() {
        let zone = Zone {
            name: "America/New_York".into(),
            shifts: vec![(1_000, -18_000), (2_000, -14_400)],
        };
        let read = |seconds| zone.date_time(Timestamp::from_unix_seconds(seconds));
        assert_eq!(zone.city(), "New York");
        assert_eq!(read(0), "1969-12-31 19:00:00");
        assert_eq!(read(1_999), "1969-12-31 19:33:19");
        assert_eq!(read(2_000), "1969-12-31 20:33:20");
        assert_eq!(read(1_795_425_700), "2026-11-23 05:21:40");
    }
}
