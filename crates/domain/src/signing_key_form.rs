//! Making a new pair that signs offline codes: how large it is.

use crate::field_error::FieldErrors;
use crate::form::{form, input};

const ADVICE: &str = "Choose 2048 or 3072 bits.";

form! {
    /// The body of `POST /api/crypto/keys`.
    #[derive(Debug)]
    pub struct SigningKeyForm {
        /// 2048 (where it is blank or absent) or 3072.
        bits: number,
    }
}

/// How large an RSA pair is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RsaSize {
    /// 2048 bits: signatures of 256 bytes.
    #[default]
    Bits2048,
    /// 3072 bits: signatures of 384 bytes, which make longer offline codes.
    Bits3072,
}

impl SigningKeyForm {
    /// Reads the form.
    pub fn parse(&self) -> Result<RsaSize, FieldErrors> {
        match input("bits", self.bits.as_ref()).filled() {
            None | Some("2048") => Ok(RsaSize::Bits2048),
            Some("3072") => Ok(RsaSize::Bits3072),
            Some(_) => Err(FieldErrors::one("bits", ADVICE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    #[rstest]
    #[case(json!({}), Some(RsaSize::Bits2048))]
    #[case(json!({"bits": ""}), Some(RsaSize::Bits2048))]
    #[case(json!({"bits": 2048}), Some(RsaSize::Bits2048))]
    #[case(json!({"bits": " 3072 "}), Some(RsaSize::Bits3072))]
    #[case(json!({"bits": 3072}), Some(RsaSize::Bits3072))]
    #[case(json!({"bits": 1024}), None)]
    #[case(json!({"bits": 3072.5}), None)]
    #[case(json!({"bits": "many"}), None)]
    fn a_pair_has_one_of_two_sizes(#[case] json: Value, #[case] size: Option<RsaSize>) {
        let form: SigningKeyForm = serde_json::from_value(json).expect("a form");
        let parsed = form.parse();
        let refused = parsed
            .as_ref()
            .err()
            .and_then(|errors| errors.message("bits"));
        assert_eq!(refused, size.is_none().then_some(ADVICE));
        assert_eq!(parsed.ok(), size);
    }
}
