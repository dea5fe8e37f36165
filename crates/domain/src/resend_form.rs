//! Sending a licence's key again, to its holder or to another address.

use crate::email_address;
use crate::field_error::FieldErrors;
use crate::form::{form, input};

form! {
    /// The body of `/api/license/{key}/resend`.
    pub struct ResendForm {
        /// Blank or absent is the holder's address.
        email,
    }
}

impl ResendForm {
    /// The other address as typed; `None` is the holder's.
    pub fn parse(&self) -> Result<Option<String>, FieldErrors> {
        let Some(text) = input("email", self.email.as_ref()).filled() else {
            return Ok(None);
        };
        email_address::parse(text)
            .map(Some)
            .ok_or_else(|| FieldErrors::one("email", email_address::ADVICE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn parse(json: Value) -> Result<Option<String>, FieldErrors> {
        let form: ResendForm = serde_json::from_value(json).expect("a form");
        form.parse()
    }

    #[rstest]
    #[case(json!({}), None)]
    #[case(json!({"email": " "}), None)]
    #[case(json!({"email": " bob@example.com "}), Some("bob@example.com"))]
    fn the_holder_or_another_address_gets_it(#[case] json: Value, #[case] to: Option<&str>) {
        assert_eq!(parse(json), Ok(to.map(str::to_owned)));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let errors = parse(json!({"email": "bob"})).expect_err("refused");
        assert_eq!(errors.message("email"), Some(email_address::ADVICE));
    }
}
