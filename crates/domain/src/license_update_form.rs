//! What people change of a licence that exists: its holder, company, seats, features and note.

use std::fmt;

use crate::email_address;
use crate::features;
use crate::field_error::FieldErrors;
use crate::form::{Reader, form, input};
use crate::license_form::{COMPANY_MAX, SEATS_MAX, note};
use crate::seats::Seats;

form! {
    /// What is to stand on a licence: absent fields keep what is there, null and blank clear it.
    pub struct LicenseUpdateForm {
        /// The holder's address.
        email,
        /// The holder's company.
        corporate_name,
        /// 1..=1000000, and never fewer than are in use; blank is a licence for one device.
        max_seats: number,
        /// Words joined by commas: what it unlocks beside its product's and its plan's.
        features: list,
        /// For admins only; several lines.
        note,
    }
}

/// What stands on a licence.
#[derive(Clone, PartialEq, Eq)]
pub struct LicenseFields {
    /// The holder's address as typed, or empty.
    pub email: String,
    /// The holder's company.
    pub corporate_name: Option<String>,
    /// Seats, where it is a multi-seat licence.
    pub max_seats: Option<i32>,
    /// What it unlocks beside its product's and its plan's.
    pub features: Vec<String>,
    /// For admins only.
    pub note: Option<String>,
}

impl LicenseUpdateForm {
    /// What will stand on the licence, from what stands there now; everything that is wrong is named
    /// at once. `seats_used` devices have a seat.
    pub fn parse(
        &self,
        current: &LicenseFields,
        seats_used: i32,
    ) -> Result<LicenseFields, FieldErrors> {
        let mut reader = Reader::new();
        let company = input("corporateName", self.corporate_name.as_ref());
        let known = current.corporate_name.as_deref().unwrap_or_default();
        let features = input("features", self.features.as_ref());
        let fields = LicenseFields {
            email: self.holder(&mut reader, &current.email),
            corporate_name: Some(reader.line(company, known, COMPANY_MAX))
                .filter(|name| !name.is_empty()),
            max_seats: self.seats(&mut reader, (current.max_seats, seats_used)),
            features: features::read(&mut reader, features, &current.features),
            note: note(&mut reader, self.note.as_ref(), current.note.as_deref()),
        };
        reader.finish(fields)
    }

    /// An address that stands there already is taken whatever it looks like.
    fn holder(&self, reader: &mut Reader, current: &str) -> String {
        let email = input("email", self.email.as_ref());
        match (email.text(), email.filled()) {
            (None, _) => current.to_owned(),
            (Some(_), None) => String::new(),
            (Some(_), Some(same)) if same == current => current.to_owned(),
            (Some(_), Some(text)) => email_address::parse(text).unwrap_or_else(|| {
                reader.refuse("email", email_address::ADVICE);
                String::new()
            }),
        }
    }

    fn seats(&self, reader: &mut Reader, (current, used): (Option<i32>, i32)) -> Option<i32> {
        let seats = input("maxSeats", self.max_seats.as_ref());
        let max = reader.optional_number(seats, current, 1..=SEATS_MAX);
        let limit = Seats { max, used }.limit();
        if max != current && (1..used).contains(&limit) {
            let message = format!(
                "{used} seats are in use. Write {used} or more, or deactivate devices first."
            );
            reader.refuse("maxSeats", message);
        }
        max
    }
}

// Written by hand: neither the holder's address nor a note belongs into a log.
impl fmt::Debug for LicenseFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseFields")
            .field("max_seats", &self.max_seats)
            .field("features", &self.features)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn current() -> LicenseFields {
        LicenseFields {
            email: "ann@example.com".into(),
            corporate_name: Some("Acme".into()),
            max_seats: Some(5),
            features: vec!["maps".into()],
            note: Some("Reseller".into()),
        }
    }

    fn parse(json: Value, seats_used: i32) -> Result<LicenseFields, FieldErrors> {
        let form: LicenseUpdateForm = serde_json::from_value(json).expect("a form");
        form.parse(&current(), seats_used)
    }

    #[test]
    fn absent_fields_keep_what_stands_there() {
        assert_eq!(parse(json!({}), 3), Ok(current()));
    }

    #[rstest]
    #[case(json!(null))]
    #[case(json!(" "))]
    fn null_and_blank_clear(#[case] nothing: Value) {
        let form = json!({ "email": nothing, "corporateName": nothing, "maxSeats": nothing,
            "features": nothing, "note": nothing });
        let expected = LicenseFields {
            email: String::new(),
            corporate_name: None,
            max_seats: None,
            features: Vec::new(),
            note: None,
        };
        assert_eq!(parse(form, 1), Ok(expected));
    }

    #[test]
    fn what_is_named_changes() {
        let form = json!({ "email": " bob@example.com", "corporateName": "Blue ", "maxSeats": 3,
            "features": ["api", "maps", "api"], "note": " Paid by wire.\r\nRenew in May. " });
        let expected = LicenseFields {
            email: "bob@example.com".into(),
            corporate_name: Some("Blue".into()),
            max_seats: Some(3),
            features: vec!["api".into(), "maps".into()],
            note: Some("Paid by wire.\nRenew in May.".into()),
        };
        assert_eq!(parse(form, 3), Ok(expected));
    }

    #[rstest]
    #[case(json!({"email": "bob"}), 0, "email")]
    #[case(json!({"corporateName": "a\nb"}), 0, "corporateName")]
    #[case(json!({"corporateName": "a".repeat(201)}), 0, "corporateName")]
    #[case(json!({"maxSeats": 0}), 0, "maxSeats")]
    #[case(json!({"maxSeats": -1}), 2, "maxSeats")]
    #[case(json!({"maxSeats": 1_000_001}), 0, "maxSeats")]
    #[case(json!({"maxSeats": 2}), 3, "maxSeats")]
    #[case(json!({"maxSeats": null}), 2, "maxSeats")]
    #[case(json!({"features": ["a\tb"]}), 0, "features")]
    #[case(json!({"note": "a\u{0}b"}), 0, "note")]
    #[case(json!({"note": "n".repeat(2_001)}), 0, "note")]
    fn what_is_wrong_stands_beside_its_field(
        #[case] json: Value,
        #[case] seats_used: i32,
        #[case] field: &str,
    ) {
        let errors = parse(json, seats_used).expect_err("refused");
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }

    #[test]
    fn who_takes_seats_away_is_told_how_many_are_in_use() {
        let errors = parse(json!({"maxSeats": 2}), 3).expect_err("refused");
        let message = errors.message("maxSeats").expect("says why");
        assert!(message.starts_with("3 seats are in use."), "{message}");
    }

    #[test]
    fn an_address_that_stands_there_is_not_judged_again() {
        let odd = LicenseFields {
            email: "ann at example".into(),
            ..current()
        };
        let form: LicenseUpdateForm =
            serde_json::from_value(json!({"email": "ann at example"})).expect("a form");
        assert_eq!(form.parse(&odd, 0), Ok(odd));
    }

    #[test]
    fn debug_tells_neither_address_nor_note() {
        let shown = format!("{:?}", current());
        assert!(
            !shown.contains("ann@") && !shown.contains("Reseller"),
            "{shown}"
        );
    }
}
