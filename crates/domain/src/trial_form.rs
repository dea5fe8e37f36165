//! Giving a device's trial another end, by hand: programs cannot.

use crate::field_error::{FieldError, FieldErrors};
use crate::form::{Reader, form, input};
use crate::license_term::explicit_end;
use crate::timestamp::Timestamp;

const FIELD: &str = "trialEndsAt";
const DATE_ADVICE: &str = "Write a date like 2027-01-31, or a time like 2027-01-31T12:00:00Z.";
const TOO_LATE: &str = "A trial ends on 2049-12-30 at the latest. Generate a key for longer.";
const TOO_EARLY: &str =
    "The trial began later. Choose the day of the first contact or one after it.";

form! {
    /// The body of a change of a device's trial.
    #[derive(Debug)]
    pub struct TrialForm {
        /// A date (its last second), or an RFC 3339 time; one that is past ends the trial.
        trial_ends_at,
    }
}

impl TrialForm {
    /// The trial's new end, in whole seconds, for a device that was first seen then.
    pub fn parse(&self, first_seen: Timestamp) -> Result<Timestamp, FieldErrors> {
        let mut reader = Reader::new();
        let text = input(FIELD, self.trial_ends_at.as_ref());
        let Some(end) = text.filled().and_then(moment) else {
            reader.refuse(FIELD, DATE_ADVICE);
            return reader.refused();
        };
        if end.is_perpetual() || explicit_end(end).is_err() {
            reader.refuse(FIELD, TOO_LATE);
        }
        if end.unix_seconds() < first_seen.unix_seconds() {
            reader.refuse(FIELD, TOO_EARLY);
        }
        reader.finish(end)
    }
}

/// The refusal of a device that has no trial any more.
pub fn is_used() -> FieldError {
    FieldError {
        field: FIELD.to_owned(),
        message:
            "A key was activated on this device: it has no trial any more. Generate a key for it."
                .to_owned(),
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    let day = || Timestamp::parse_date(text).map(Timestamp::end_of_day);
    let moment = Timestamp::parse_rfc3339(text).or_else(day)?;
    Some(Timestamp::from_unix_seconds(moment.unix_seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    // 2026-11-23T11:00:00.250Z
    const FIRST: Timestamp = Timestamp::from_millis(1_795_431_600_250);

    fn parse(json: Value) -> Result<Timestamp, FieldErrors> {
        let form: TrialForm = serde_json::from_value(json).expect("a form");
        form.parse(FIRST)
    }

    #[rstest]
    #[case("2026-11-23", "2026-11-23T23:59:59Z")]
    #[case("2027-01-31", "2027-01-31T23:59:59Z")]
    #[case("2026-11-23T11:00:00Z", "2026-11-23T11:00:00Z")]
    #[case("2026-12-01T12:00:00.9+01:00", "2026-12-01T11:00:00Z")]
    #[case("2049-12-30", "2049-12-30T23:59:59Z")]
    fn a_day_ends_with_its_last_second(#[case] text: &str, #[case] end: &str) {
        let parsed = parse(json!({ "trialEndsAt": text })).expect("an end");
        assert_eq!(parsed.to_rfc3339(), end);
    }

    #[rstest]
    #[case(json!({}), "Write a date")]
    #[case(json!({"trialEndsAt": null}), "Write a date")]
    #[case(json!({"trialEndsAt": "tomorrow"}), "Write a date")]
    #[case(json!({"trialEndsAt": "2027-02-30"}), "Write a date")]
    #[case(json!({"trialEndsAt": "2026-11-22"}), "The trial began later")]
    #[case(json!({"trialEndsAt": "-0001-01-01"}), "Write a date")]
    #[case(json!({"trialEndsAt": "2049-12-31"}), "A trial ends on")]
    #[case(json!({"trialEndsAt": "9999-12-31"}), "A trial ends on")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] advice: &str) {
        let errors = parse(json).expect_err("refused");
        let message = errors.message("trialEndsAt").expect("names the field");
        assert!(message.starts_with(advice), "{message}");
    }
}
