//! When business happens: more of it each month, less at weekends, in summer and at night.

use std::iter;

use domain::timestamp::Timestamp;
use rand::RngExt as _;
use rand::rngs::StdRng;

/// Days that are told, the last of them not over.
pub const DAYS: i64 = 365;
const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;
/// Monday to Sunday, in thousandths.
const WEEK: [i64; 7] = [1_000, 1_120, 1_100, 1_020, 880, 420, 380];
/// January to December, in thousandths.
const MONTHS: [i64; 12] = [
    950, 950, 1_000, 1_000, 980, 900, 740, 760, 1_050, 1_080, 1_400, 1_150,
];
/// Midnight to midnight, in hundredths; customers live on three continents.
const HOURS: [i64; 24] = [
    30, 25, 20, 20, 25, 35, 50, 75, 100, 110, 105, 95, 90, 105, 115, 120, 115, 105, 90, 80, 70, 60,
    50, 40,
];
/// What the last day has more than the first, in thousandths.
const GROWTH: i64 = 1_300;

/// So many moments of the year that ends at `end`, in their order.
pub fn moments(count: usize, end: Timestamp, chance: &mut StdRng) -> Vec<Timestamp> {
    let today = end.millis().div_euclid(DAY);
    let first = today - DAYS + 1;
    let days = sums((first..=today).map(|day| weight(day, day - first)));
    let hours = sums(HOURS.into_iter());
    let moment = || {
        let day = first + drawn(&days, chance);
        let at = day * DAY + drawn(&hours, chance) * HOUR + chance.random_range(0..HOUR);
        Timestamp::from_millis(at)
    };
    // What would come later today has not happened yet.
    let mut moments: Vec<_> = iter::repeat_with(moment)
        .filter(|at| *at < end)
        .take(count)
        .collect();
    moments.sort_unstable();
    moments
}

/// How busy a day is: days are counted from 1970-01-01, a Thursday.
fn weight(day: i64, since_first: i64) -> i64 {
    let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default();
    let date = Timestamp::from_millis(day * DAY).to_rfc3339();
    let month = date.get(5..7).and_then(|month| month.parse::<usize>().ok());
    let growth = 1_000 + GROWTH * since_first / DAYS;
    growth * WEEK[weekday] * MONTHS[month.unwrap_or(1) - 1] / 1_000
}

fn sums(weights: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut sum = 0;
    weights
        .map(|weight| {
            sum += weight;
            sum
        })
        .collect()
}

/// A place, the heavier the likelier.
fn drawn(sums: &[i64], chance: &mut StdRng) -> i64 {
    let all = sums.last().copied().unwrap_or(1);
    let point = chance.random_range(0..all);
    i64::try_from(sums.partition_point(|sum| *sum <= point)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    /// 2026-11-23 12:00 UTC, a Monday.
    const END: Timestamp = Timestamp::from_millis(1_795_435_200_000);

    fn year() -> Vec<Timestamp> {
        moments(20_000, END, &mut StdRng::seed_from_u64(1))
    }

    #[test]
    fn a_year_is_told_in_order_and_ends_now() {
        let year = year();
        assert_eq!(year.len(), 20_000);
        assert!(year.is_sorted());
        assert!(year[0] >= END.plus_days(-DAYS) && year[19_999] < END);
        assert_eq!(year, self::year(), "the same seed tells the same");
    }

    #[test]
    fn business_grows_and_rests_at_weekends() {
        let year = year();
        let between = |first: i64, last: i64| {
            let days = END.plus_days(first)..END.plus_days(last);
            year.iter().filter(|at| days.contains(at)).count()
        };
        assert!(between(-56, 0) > between(-364, -308) * 3 / 2);
        let weekend = |at: &&Timestamp| (at.millis().div_euclid(DAY) + 3).rem_euclid(7) > 4;
        let weekends = year.iter().filter(weekend).count();
        assert!(weekends * 6 < year.len(), "{weekends}");
    }
}
