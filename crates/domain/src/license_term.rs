//! How long a one-time licence lasts.

use crate::timestamp::Timestamp;

/// The most days that a plan, a product or a purchase may give.
pub const DAYS_MAX: i32 = 36_500;

/// 2049-12-30T23:59:59Z: ends later than this are refused, but for the perpetual one.
const LAST_END: Timestamp = Timestamp::from_millis(2_524_521_599_000);

/// Everything that has a say in a licence's length. Days: 0 is perpetual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The product's Default License Days.
    pub default_days: i32,
    /// The days of the explicit plan, where one was named.
    pub plan_days: Option<i32>,
    /// Days that the purchase (`planDays`) or the caller (`validityDays`) names.
    pub named_days: Option<i32>,
}

/// Why a licence of this length cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermRefusal {
    /// Neither 0 nor 1..=36500.
    #[error("a licence lasts 1 to 36500 days, or 0 for perpetual")]
    Days,
    /// Ends after 2049-12-30 but is not perpetual.
    #[error("a licence ends on 2049-12-30 at the latest; use 0 days for a perpetual one")]
    TooLate,
}

/// The end of a licence that was bought: a product of 0 days is perpetual whatever the purchase
/// brings; else the plan, else the days that the purchase names, else the default.
pub fn end_of_purchase(terms: Terms, issued_at: Timestamp) -> Result<Timestamp, TermRefusal> {
    if terms.default_days == 0 {
        return Ok(Timestamp::PERPETUAL);
    }
    end_of_generated(terms, issued_at)
}

/// The end of a licence that somebody generates: plan, else the named days, else the default.
pub fn end_of_generated(terms: Terms, issued_at: Timestamp) -> Result<Timestamp, TermRefusal> {
    let days = terms
        .plan_days
        .or(terms.named_days)
        .unwrap_or(terms.default_days);
    end_after(days, issued_at)
}

/// 23:59:59Z of the day that is so many days after the moment of issue; 0 is perpetual.
pub fn end_after(days: i32, issued_at: Timestamp) -> Result<Timestamp, TermRefusal> {
    match days {
        0 => Ok(Timestamp::PERPETUAL),
        1..=DAYS_MAX => counted_end(days, issued_at),
        _ => Err(TermRefusal::Days),
    }
}

/// The same for days that are counted from any moment. They never make a licence perpetual, also where
/// they meet the end that means it.
pub(crate) fn counted_end(days: i32, from: Timestamp) -> Result<Timestamp, TermRefusal> {
    let end = from.plus_days(i64::from(days)).end_of_day();
    if end <= LAST_END {
        Ok(end)
    } else {
        Err(TermRefusal::TooLate)
    }
}

/// An end that somebody chose, if it may be one.
pub fn explicit_end(end: Timestamp) -> Result<Timestamp, TermRefusal> {
    if end.is_perpetual() || end <= LAST_END {
        Ok(end)
    } else {
        Err(TermRefusal::TooLate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const PERPETUAL: &str = "2049-12-31T23:59:59Z";

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("a time")
    }

    #[rstest]
    #[case::default_zero(0, None, None, PERPETUAL)]
    #[case::default_zero_beats_named_days(0, None, Some(30), PERPETUAL)]
    #[case::default_zero_beats_the_plan(0, Some(30), None, PERPETUAL)]
    #[case::default_zero_beats_both(0, Some(30), Some(10), PERPETUAL)]
    #[case::default_zero_beats_nonsense(0, None, Some(-5), PERPETUAL)]
    #[case::default(365, None, None, "2027-11-23T23:59:59Z")]
    #[case::named_days_beat_the_default(365, None, Some(30), "2026-12-23T23:59:59Z")]
    #[case::the_plan_beats_named_days(365, Some(7), Some(30), "2026-11-30T23:59:59Z")]
    #[case::a_plan_of_zero_is_perpetual(365, Some(0), Some(30), PERPETUAL)]
    #[case::named_zero_is_perpetual(365, None, Some(0), PERPETUAL)]
    #[case::one_day(1, None, None, "2026-11-24T23:59:59Z")]
    fn a_purchase_lasts_as_long_as_its_terms_say(
        #[case] default_days: i32,
        #[case] plan_days: Option<i32>,
        #[case] named_days: Option<i32>,
        #[case] end: &str,
    ) {
        let terms = Terms {
            default_days,
            plan_days,
            named_days,
        };
        let ends_at = end_of_purchase(terms, at("2026-11-23T11:05:00Z")).expect("a length");
        assert_eq!(ends_at.to_rfc3339(), end);
    }

    #[rstest]
    #[case(Some(30), Some(10), "2026-12-23T23:59:59Z")]
    #[case(None, Some(10), "2026-12-03T23:59:59Z")]
    #[case(None, None, PERPETUAL)]
    fn on_generate_a_perpetual_default_yields(
        #[case] plan_days: Option<i32>,
        #[case] named_days: Option<i32>,
        #[case] end: &str,
    ) {
        let terms = Terms {
            default_days: 0,
            plan_days,
            named_days,
        };
        let ends_at = end_of_generated(terms, at("2026-11-23T11:05:00Z")).expect("a length");
        assert_eq!(ends_at.to_rfc3339(), end);
    }

    #[rstest]
    #[case("2026-11-23T00:00:00Z", 1, Ok("2026-11-24T23:59:59Z"))]
    #[case("2026-11-23T23:59:59Z", 1, Ok("2026-11-24T23:59:59Z"))]
    #[case("2028-02-28T12:00:00Z", 1, Ok("2028-02-29T23:59:59Z"))]
    #[case("2049-12-29T12:00:00Z", 1, Ok("2049-12-30T23:59:59Z"))]
    #[case("2049-12-28T12:00:00Z", 2, Ok("2049-12-30T23:59:59Z"))]
    #[case("2049-12-30T12:00:00Z", 1, Err(TermRefusal::TooLate))]
    #[case("2049-12-29T23:59:59Z", 2, Err(TermRefusal::TooLate))]
    #[case("2026-11-23T11:05:00Z", 8_438, Ok("2049-12-30T23:59:59Z"))]
    #[case("2026-11-23T11:05:00Z", 8_439, Err(TermRefusal::TooLate))]
    #[case("2049-12-30T12:00:00Z", 0, Ok(PERPETUAL))]
    #[case("2049-12-31T00:00:00Z", 1, Err(TermRefusal::TooLate))]
    #[case("2026-11-23T00:00:00Z", 36_500, Err(TermRefusal::TooLate))]
    #[case("2026-11-23T00:00:00Z", 36_501, Err(TermRefusal::Days))]
    #[case("2026-11-23T00:00:00Z", -1, Err(TermRefusal::Days))]
    fn days_end_with_their_last_day(
        #[case] issued_at: &str,
        #[case] days: i32,
        #[case] end: Result<&str, TermRefusal>,
    ) {
        let ends_at = end_after(days, at(issued_at)).map(Timestamp::to_rfc3339);
        assert_eq!(ends_at, end.map(str::to_owned));
    }

    #[rstest]
    #[case(8_439, None, None)]
    #[case(30, Some(8_439), None)]
    #[case(30, None, Some(8_439))]
    fn days_that_meet_the_perpetual_end_are_refused_wherever_they_come_from(
        #[case] default_days: i32,
        #[case] plan_days: Option<i32>,
        #[case] named_days: Option<i32>,
    ) {
        let terms = Terms {
            default_days,
            plan_days,
            named_days,
        };
        let issued_at = at("2026-11-23T11:05:00Z");
        for end in [end_of_purchase, end_of_generated] {
            assert_eq!(end(terms, issued_at), Err(TermRefusal::TooLate));
        }
    }

    #[test]
    fn the_last_end_is_the_thirtieth() {
        assert_eq!(LAST_END.to_rfc3339(), "2049-12-30T23:59:59Z");
        assert!(explicit_end(LAST_END).is_ok());
        assert!(explicit_end(LAST_END.plus_seconds(1)).is_err());
        assert!(explicit_end(Timestamp::PERPETUAL).is_ok());
    }
}
