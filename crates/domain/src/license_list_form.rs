//! Which licences of a list are wanted.

use std::fmt;

use crate::field_error::FieldErrors;
use crate::folding::email_key;
use crate::form::{Input, Reader, form, input};
use crate::ids::ProductId;
use crate::license_state::LicenseState;

const EMAIL_MAX: usize = 254;

form! {
    /// The filters of the list of licences; blank or absent ones do not narrow it.
    pub struct LicenseListForm {
        /// One product.
        product_id: number,
        /// A holder's address or its beginning.
        email,
        /// `active`, `suspended`, `revoked` or `expired`, as of now.
        state,
        /// true is live, false is test, absent is both.
        livemode: flag,
    }
}

/// Filters that can be looked up; `None` does not narrow.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LicenseListFilter {
    /// One product.
    pub product_id: Option<ProductId>,
    /// A holder's address or its beginning, folded like `email_key` columns.
    pub email_start: Option<String>,
    /// A state as of now.
    pub state: Option<LicenseState>,
    /// Live or test.
    pub livemode: Option<bool>,
}

impl LicenseListForm {
    /// Reads the filters; everything that is wrong is named at once.
    pub fn parse(&self) -> Result<LicenseListFilter, FieldErrors> {
        let mut reader = Reader::new();
        let filter = LicenseListFilter {
            product_id: read(
                &mut reader,
                input("productId", self.product_id.as_ref()),
                "Write the id of one of your products.",
            ),
            email_start: self.email_start(&mut reader),
            state: read(
                &mut reader,
                input("state", self.state.as_ref()),
                "Use active, suspended, revoked or expired.",
            ),
            livemode: read(
                &mut reader,
                input("livemode", self.livemode.as_ref()),
                "Use true for live, false for test.",
            ),
        };
        reader.finish(filter)
    }

    fn email_start(&self, reader: &mut Reader) -> Option<String> {
        let email = reader.line(input("email", self.email.as_ref()), "", EMAIL_MAX);
        Some(email_key(&email)).filter(|start| !start.is_empty())
    }
}

fn read<T: std::str::FromStr>(reader: &mut Reader, field: Input<'_>, advice: &str) -> Option<T> {
    let value = field.filled()?.parse().ok();
    if value.is_none() {
        reader.refuse(field.name(), advice);
    }
    value
}

// Written by hand: the holder's address does not belong into a log.
impl fmt::Debug for LicenseListFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseListFilter")
            .field("product_id", &self.product_id)
            .field("state", &self.state)
            .field("livemode", &self.livemode)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn parse(json: Value) -> Result<LicenseListFilter, FieldErrors> {
        let form: LicenseListForm = serde_json::from_value(json).expect("a form");
        form.parse()
    }

    #[test]
    fn filters_are_read() {
        let filter = parse(json!({
            "productId": "7", "email": " Ann@Example.com ", "state": "active", "livemode": "false",
        }));
        let expected = LicenseListFilter {
            product_id: Some(ProductId::from(7)),
            email_start: Some("ann@example.com".into()),
            state: Some(LicenseState::Active),
            livemode: Some(false),
        };
        assert_eq!(filter, Ok(expected));
    }

    #[test]
    fn the_beginning_of_an_address_will_do() {
        let filter = parse(json!({"email": "Ann@"})).expect("filters");
        assert_eq!(filter.email_start.as_deref(), Some("ann@"));
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!({"productId": "", "email": " ", "state": null, "livemode": ""}))]
    fn blank_filters_do_not_narrow(#[case] json: Value) {
        assert_eq!(parse(json), Ok(LicenseListFilter::default()));
    }

    #[rstest]
    #[case(json!({"productId": "-1"}), "productId")]
    #[case(json!({"productId": "99999999999"}), "productId")]
    #[case(json!({"email": "a".repeat(255)}), "email")]
    #[case(json!({"email": "ann\u{0}@example.com"}), "email")]
    #[case(json!({"state": "Active"}), "state")]
    #[case(json!({"livemode": "yes"}), "livemode")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = parse(json).expect_err("refused");
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }
}
