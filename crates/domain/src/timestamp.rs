//! A moment in UTC, to the millisecond: the only time that the rules know.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime, UtcDateTime};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// First and last second that RFC 3339's four-digit years can write.
const FIRST_WRITABLE: i64 = -62_167_219_200;
const LAST_WRITABLE: i64 = 253_402_300_799;

/// Milliseconds since 1970-01-01T00:00:00Z. In JSON an RFC 3339 text in UTC, whole seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The end of a licence that never ends: 2049-12-31T23:59:59Z.
    pub const PERPETUAL: Self = Self(2_524_607_999_000);

    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since 1970, as Stripe writes times; saturates.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// This many milliseconds later; earlier where negative. Saturates, as all of these do.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This many seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(SECOND))
    }

    /// This many minutes later.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_millis(minutes.saturating_mul(MINUTE))
    }

    /// This many hours later.
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        self.plus_millis(hours.saturating_mul(HOUR))
    }

    /// This many times 24 hours later.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(DAY))
    }

    /// 23:59:59Z of the same UTC day.
    #[must_use]
    pub const fn end_of_day(self) -> Self {
        let start = self.0.saturating_sub(self.0.rem_euclid(DAY));
        Self(start.saturating_add(DAY - SECOND))
    }

    /// UTC midnights from this moment to another; negative where the other is on an earlier day.
    pub const fn days_until(self, other: Self) -> i64 {
        other.0.div_euclid(DAY) - self.0.div_euclid(DAY)
    }

    /// True for the end that means "never".
    pub const fn is_perpetual(self) -> bool {
        self.0 == Self::PERPETUAL.0
    }

    /// `2026-11-23T11:05:00Z`: whole seconds, rounded down; years 0000 to 9999, clamped.
    pub fn to_rfc3339(self) -> String {
        write_seconds(self.unix_seconds().clamp(FIRST_WRITABLE, LAST_WRITABLE))
    }

    /// Reads an RFC 3339 text of any offset.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
        let millis = moment.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(millis).ok().map(Self)
    }

    /// Reads what a date field of a form sends (`2027-01-31`): 00:00:00Z of that day.
    pub fn parse_date(text: &str) -> Option<Self> {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        let text = text.trim();
        if text.starts_with(['+', '-']) {
            return None;
        }
        let date = Date::parse(text, &format).ok()?;
        let midnight = UtcDateTime::new(date, time::Time::MIDNIGHT);
        Some(Self::from_unix_seconds(midnight.unix_timestamp()))
    }
}

fn write_seconds(seconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(seconds)
        .expect("clamped into the range of four-digit years");
    moment
        .format(&Rfc3339)
        .expect("four-digit years in UTC are writable")
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({} ms, {})", self.0, self.to_rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_rfc3339(&text)
            .ok_or_else(|| de::Error::custom("not an RFC 3339 time like 2026-11-23T11:05:00Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[test]
    fn perpetual_is_the_last_second_of_2049() {
        assert_eq!(Timestamp::PERPETUAL.to_rfc3339(), "2049-12-31T23:59:59Z");
        assert!(Timestamp::PERPETUAL.is_perpetual());
        assert_eq!(Timestamp::PERPETUAL.end_of_day(), Timestamp::PERPETUAL);
    }

    #[rstest]
    #[case("2026-11-23T00:00:00Z", "2026-11-23T23:59:59Z")]
    #[case("2026-11-23T23:59:59Z", "2026-11-23T23:59:59Z")]
    #[case("2024-02-29T12:00:00Z", "2024-02-29T23:59:59Z")]
    #[case("1969-12-31T23:00:00Z", "1969-12-31T23:59:59Z")]
    fn a_day_ends_one_second_before_midnight(#[case] moment: &str, #[case] end: &str) {
        let moment = Timestamp::parse_rfc3339(moment).expect("a time");
        assert_eq!(moment.end_of_day().to_rfc3339(), end);
    }

    #[rstest]
    #[case("2026-11-23T23:59:59Z", 0)]
    #[case("2026-11-23T00:00:00Z", 0)]
    #[case("2026-11-24T00:00:00Z", 1)]
    #[case("2026-12-23T23:59:59Z", 30)]
    #[case("2026-11-22T23:59:59Z", -1)]
    fn days_are_counted_by_midnights(#[case] other: &str, #[case] days: i64) {
        let moment = Timestamp::parse_rfc3339("2026-11-23T11:05:00Z").expect("a time");
        let other = Timestamp::parse_rfc3339(other).expect("a time");
        assert_eq!(moment.days_until(other), days);
    }

    #[rstest]
    #[case("2026-11-23T12:00:00+01:00", Some(1_795_431_600_000))]
    #[case("2026-11-23T11:00:00.250Z", Some(1_795_431_600_250))]
    #[case("2026-11-23T11:00:00", None)]
    #[case("2026-11-23", None)]
    #[case("", None)]
    fn offsets_and_fractions_are_read(#[case] text: &str, #[case] millis: Option<i64>) {
        assert_eq!(
            Timestamp::parse_rfc3339(text).map(Timestamp::millis),
            millis
        );
    }

    #[test]
    fn a_form_date_is_its_first_second() {
        let day = Timestamp::parse_date("2026-11-23").expect("a date");
        assert_eq!(day.to_rfc3339(), "2026-11-23T00:00:00Z");
        for text in ["2026-02-30", "-0001-01-01", "+2026-11-23", "10000-01-01"] {
            assert_eq!(Timestamp::parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn json_is_a_text_of_whole_seconds() {
        let moment = Timestamp::from_millis(1_795_431_600_999);
        let json = serde_json::to_string(&moment).expect("json");
        assert_eq!(json, "\"2026-11-23T11:00:00Z\"");
        let back: Timestamp = serde_json::from_str(&json).expect("read back");
        assert_eq!(back.millis(), 1_795_431_600_000);
    }

    proptest! {
        #[test]
        fn no_moment_is_too_far_to_be_written_or_moved(millis: i64, by: i64) {
            let moment = Timestamp::from_millis(millis).plus_days(by).plus_seconds(by);
            prop_assert!(moment.end_of_day().to_rfc3339().ends_with('Z'));
        }
    }
}
