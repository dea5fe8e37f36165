//! How values read: times, counts, long identifiers. Pure, so that server and browser agree.

use domain::timestamp::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `2026-11-23`, or `Perpetual`.
pub fn date(at: Timestamp) -> String {
    if at.is_perpetual() {
        return "Perpetual".to_owned();
    }
    at.to_rfc3339().chars().take(10).collect()
}

/// `2026-11-23 09:21:40`, in UTC.
pub fn date_time(at: Timestamp) -> String {
    at.to_rfc3339()
        .chars()
        .take(19)
        .map(|c| if c == 'T' { ' ' } else { c })
        .collect()
}

/// `2 min ago`, `in 3 days`, `just now`. Whole seconds on both sides, as JSON carries them.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.unix_seconds().saturating_sub(at.unix_seconds());
    let span = span(seconds.saturating_abs());
    match seconds {
        -4..=4 => "just now".to_owned(),
        5.. => format!("{span} ago"),
        _ => format!("in {span}"),
    }
}

fn span(seconds: i64) -> String {
    match seconds {
        ..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => format!("{} h", seconds / HOUR),
        _ if seconds < 2 * DAY => "1 day".to_owned(),
        _ if seconds < 730 * DAY => format!("{} days", seconds / DAY),
        _ => format!("{} years", seconds / (365 * DAY)),
    }
}

/// A value as a field shows it; an absent one leaves it empty.
pub fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// `1,284`.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// `1 key`, `3 keys`.
pub fn counted(number: i64, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{} {one}s", count(number)),
    }
}

/// A long text with its middle left out: `evt_1Q9…vT2x`. Texts up to 24 characters stay whole.
pub fn shorten(text: &str) -> String {
    let length = text.chars().count();
    if length <= 24 {
        return text.to_owned();
    }
    let head: String = text.chars().take(12).collect();
    let tail: String = text.chars().skip(length - 6).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn times_read_as_utc_and_perpetual_as_a_word() {
        assert_eq!(date(at(1_795_431_600)), "2026-11-23");
        assert_eq!(date_time(at(1_795_431_600)), "2026-11-23 11:00:00");
        assert_eq!(date(Timestamp::PERPETUAL), "Perpetual");
    }

    #[test]
    fn a_distance_in_time_reads_in_its_largest_unit() {
        let now = at(10_000_000_000);
        let cases = [
            (0, "just now"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (3_599, "59 min ago"),
            (3_600, "1 h ago"),
            (86_400, "1 day ago"),
            (172_800, "2 days ago"),
            (-7_200, "in 2 h"),
            (63_072_000, "2 years ago"),
        ];
        for (back, words) in cases {
            assert_eq!(relative(now.plus_seconds(-back), now), words, "{back}");
        }
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let texts: Vec<_> = [0, 999, 1_000, 1_234_567, -1_000].map(count).into();
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567", "-1,000"]);
        assert_eq!(counted(1, "key"), "1 key");
        assert_eq!(counted(2_000, "key"), "2,000 keys");
    }

    #[test]
    fn long_identifiers_lose_their_middle() {
        assert_eq!(shorten("evt_1Q9"), "evt_1Q9");
        assert_eq!(
            shorten("cs_test_a1B2c3D4e5F6g7H8i9J0"),
            "cs_test_a1B2…H8i9J0"
        );
    }
}
