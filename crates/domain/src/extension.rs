//! Giving a licence another end: so many days more, or a day that somebody chose.

use crate::field_error::{FieldError, FieldErrors};
use crate::form::{Reader, form, input};
use crate::license_term::{DAYS_MAX, counted_end, explicit_end};
use crate::timestamp::Timestamp;

const DATE_ADVICE: &str = "Write a date like 2027-01-31, or a time like 2027-01-31T23:59:59Z.";
const TOO_LATE: &str = "A licence ends on 2049-12-30 at the latest. For one that never ends, \
    send 2049-12-31T23:59:59Z as expirationDate.";

form! {
    /// The body of `/api/license/{key}/extend`; exactly one of the two.
    #[derive(Debug)]
    pub struct ExtendForm {
        /// 1..=36500.
        days: number,
        /// A date (its last second), or an RFC 3339 time; 2049-12-31T23:59:59Z is perpetual.
        expiration_date,
    }
}

/// How a licence is extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extension {
    /// So many days more, 1..=36500.
    Days(i32),
    /// Until this moment, whole seconds.
    Until(Timestamp),
}

impl ExtendForm {
    /// Reads the form.
    pub fn parse(&self) -> Result<Extension, FieldErrors> {
        let mut reader = Reader::new();
        let days = input("days", self.days.as_ref());
        let date = input("expirationDate", self.expiration_date.as_ref());
        let extension = match (days.filled(), date.filled()) {
            (Some(_), None) => Extension::Days(reader.number(days, 1, 1..=DAYS_MAX)),
            (None, Some(text)) => Extension::Until(moment(&mut reader, text)),
            (None, None) => {
                reader.refuse("days", "Send days or expirationDate.");
                return reader.refused();
            }
            (Some(_), Some(_)) => {
                reader.refuse("expirationDate", "Send days or expirationDate, not both.");
                return reader.refused();
            }
        };
        reader.finish(extension)
    }
}

impl Extension {
    /// The licence's new end. Days are counted from its end, or from now where that is past, and
    /// end with their last day; they never make a licence perpetual.
    pub fn end(self, current: Timestamp, now: Timestamp) -> Result<Timestamp, FieldError> {
        match self {
            Self::Days(days) => days_later(days, current, now),
            Self::Until(end) if end < now => Err(refusal(
                "expirationDate",
                "Choose a day to come. To stop a licence at once, revoke it.",
            )),
            Self::Until(end) => explicit_end(end).map_err(|_| refusal("expirationDate", TOO_LATE)),
        }
    }
}

fn days_later(days: i32, current: Timestamp, now: Timestamp) -> Result<Timestamp, FieldError> {
    if current.is_perpetual() {
        return Err(refusal(
            "days",
            "This licence never ends. To give it an end, send expirationDate.",
        ));
    }
    counted_end(days, current.max(now)).map_err(|_| refusal("days", TOO_LATE))
}

fn moment(reader: &mut Reader, text: &str) -> Timestamp {
    let day = || Timestamp::parse_date(text).map(Timestamp::end_of_day);
    let Some(moment) = Timestamp::parse_rfc3339(text).or_else(day) else {
        reader.refuse("expirationDate", DATE_ADVICE);
        return Timestamp::PERPETUAL;
    };
    let moment = Timestamp::from_unix_seconds(moment.unix_seconds());
    if explicit_end(moment).is_err() {
        reader.refuse("expirationDate", TOO_LATE);
    }
    moment
}

fn refusal(field: &str, message: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    // 2026-11-23T11:00:00Z
    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_431_600);

    fn parse(json: Value) -> Result<Extension, FieldErrors> {
        let form: ExtendForm = serde_json::from_value(json).expect("a form");
        form.parse()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("a time")
    }

    #[rstest]
    #[case(json!({"days": 30}), Extension::Days(30))]
    #[case(json!({"days": "36500", "expirationDate": ""}), Extension::Days(36_500))]
    #[case(json!({"expirationDate": "2027-01-31"}), Extension::Until(at("2027-01-31T23:59:59Z")))]
    #[case(
        json!({"expirationDate": "2027-01-31T12:00:00.7+01:00"}),
        Extension::Until(at("2027-01-31T11:00:00Z"))
    )]
    #[case(json!({"expirationDate": "2049-12-30"}), Extension::Until(at("2049-12-30T23:59:59Z")))]
    #[case(json!({"expirationDate": "2049-12-31"}), Extension::Until(Timestamp::PERPETUAL))]
    fn days_or_a_date_are_read(#[case] json: Value, #[case] extension: Extension) {
        assert_eq!(parse(json), Ok(extension));
    }

    #[rstest]
    #[case(json!({}), "days")]
    #[case(json!({"days": 0}), "days")]
    #[case(json!({"days": -1}), "days")]
    #[case(json!({"days": 36_501}), "days")]
    #[case(json!({"days": 1.5}), "days")]
    #[case(json!({"days": 1, "expirationDate": "2027-01-31"}), "expirationDate")]
    #[case(json!({"expirationDate": "tomorrow"}), "expirationDate")]
    #[case(json!({"expirationDate": "2027-02-30"}), "expirationDate")]
    #[case(json!({"expirationDate": "2049-12-31T00:00:00Z"}), "expirationDate")]
    #[case(json!({"expirationDate": "2050-01-01"}), "expirationDate")]
    #[case(json!({"expirationDate": "9999-12-31"}), "expirationDate")]
    #[case(json!({"expirationDate": "10000-01-01"}), "expirationDate")]
    #[case(json!({"expirationDate": "+10000-01-01T00:00:00Z"}), "expirationDate")]
    #[case(json!({"expirationDate": "-0001-01-01"}), "expirationDate")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = parse(json).expect_err("refused");
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }

    #[rstest]
    #[case::from_its_end(Extension::Days(30), "2026-12-01T23:59:59Z", "2026-12-31T23:59:59Z")]
    #[case::from_now(Extension::Days(30), "2026-11-01T23:59:59Z", "2026-12-23T23:59:59Z")]
    #[case::to_a_day(
        Extension::Until(at("2027-01-31T23:59:59Z")),
        "2026-12-01T23:59:59Z",
        "2027-01-31T23:59:59Z"
    )]
    #[case::to_an_earlier_day(
        Extension::Until(at("2026-11-30T23:59:59Z")),
        "2026-12-01T23:59:59Z",
        "2026-11-30T23:59:59Z"
    )]
    #[case::for_ever(
        Extension::Until(Timestamp::PERPETUAL),
        "2026-12-01T23:59:59Z",
        "2049-12-31T23:59:59Z"
    )]
    #[case::an_end_for_a_perpetual_one(
        Extension::Until(at("2027-01-31T23:59:59Z")),
        "2049-12-31T23:59:59Z",
        "2027-01-31T23:59:59Z"
    )]
    fn a_licence_gets_another_end(
        #[case] extension: Extension,
        #[case] current: &str,
        #[case] end: &str,
    ) {
        let ends_at = extension.end(at(current), NOW).map(Timestamp::to_rfc3339);
        assert_eq!(ends_at.as_deref(), Ok(end));
    }

    #[rstest]
    #[case(Extension::Days(1), "2049-12-31T23:59:59Z", "days")]
    #[case(Extension::Days(36_500), "2026-12-01T23:59:59Z", "days")]
    #[case(Extension::Until(NOW.plus_seconds(-1)), "2026-12-01T23:59:59Z", "expirationDate")]
    fn what_cannot_be_its_end_is_refused(
        #[case] extension: Extension,
        #[case] current: &str,
        #[case] field: &str,
    ) {
        let error = extension.end(at(current), NOW).expect_err("refused");
        assert_eq!(error.field, field);
    }

    #[test]
    fn days_that_meet_the_perpetual_end_do_not_become_perpetual() {
        let end = Extension::Days(1).end(at("2049-12-30T23:59:59Z"), NOW);
        assert_eq!(end.expect_err("refused").field, "days");
    }
}
