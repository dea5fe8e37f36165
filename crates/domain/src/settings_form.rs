//! What a tenant may set about itself.

use crate::email_address;
use crate::field_error::FieldErrors;
use crate::form::{Reader, form, input};

const NAME_MAX: usize = 100;

form! {
    /// Settings as they are typed or sent; absent fields keep what is there.
    #[derive(Debug)]
    pub struct SettingsForm {
        /// The tenant's name; must not be blank.
        company_name,
        /// Where customers write to; blank takes it away.
        support_address,
        /// Whether keys from test purchases are valid in programs; false once the tenant is live.
        test_keys_valid: flag,
    }
}

/// A tenant's settings as they will stand after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSettings {
    /// Name as typed.
    pub company_name: String,
    /// One address as typed; empty while none is set.
    pub support_address: String,
    /// Whether keys from test purchases are valid in programs.
    pub test_keys_valid: bool,
}

impl SettingsForm {
    /// The settings as they will stand, from what they are now.
    pub fn parse_update(&self, current: &TenantSettings) -> Result<TenantSettings, FieldErrors> {
        let mut reader = Reader::new();
        let name = input("companyName", self.company_name.as_ref());
        let valid = input("testKeysValid", self.test_keys_valid.as_ref());
        let settings = TenantSettings {
            company_name: reader.name(name, &current.company_name, NAME_MAX),
            support_address: self.support_address(&mut reader, &current.support_address),
            test_keys_valid: reader.flag(valid, current.test_keys_valid),
        };
        reader.finish(settings)
    }

    fn support_address(&self, reader: &mut Reader, current: &str) -> String {
        let address = input("supportAddress", self.support_address.as_ref());
        match (address.text(), address.filled()) {
            (None, _) => current.to_owned(),
            (Some(_), None) => String::new(),
            (Some(_), Some(text)) => email_address::parse(text).unwrap_or_else(|| {
                reader.refuse(address.name(), email_address::ADVICE);
                String::new()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn parse(json: Value) -> Result<TenantSettings, FieldErrors> {
        let form: SettingsForm = serde_json::from_value(json).expect("a form");
        form.parse_update(&TenantSettings {
            company_name: "Acme".into(),
            support_address: "help@acme.example".into(),
            test_keys_valid: true,
        })
    }

    #[rstest]
    #[case(json!({}), ("Acme", "help@acme.example", true))]
    #[case(json!({"companyName": " Blue "}), ("Blue", "help@acme.example", true))]
    #[case(json!({"supportAddress": " "}), ("Acme", "", true))]
    #[case(json!({"supportAddress": null}), ("Acme", "", true))]
    #[case(json!({"supportAddress": " a@b.example "}), ("Acme", "a@b.example", true))]
    #[case(json!({"testKeysValid": false}), ("Acme", "help@acme.example", false))]
    fn what_is_absent_stays(#[case] json: Value, #[case] expected: (&str, &str, bool)) {
        let settings = parse(json).expect("fine");
        let found = (
            settings.company_name.as_str(),
            settings.support_address.as_str(),
            settings.test_keys_valid,
        );
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case(json!({"companyName": " "}), "companyName")]
    #[case(json!({"companyName": "a\nb"}), "companyName")]
    #[case(json!({"companyName": "a".repeat(101)}), "companyName")]
    #[case(json!({"supportAddress": "nobody"}), "supportAddress")]
    #[case(json!({"testKeysValid": "perhaps"}), "testKeysValid")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = parse(json).expect_err("refused");
        assert_eq!(errors.first().map(|e| e.field.as_str()), Some(field));
    }
}
