//! Which device a program runs on, in the one spelling that rows and answers have.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::field_error::FieldError;
use crate::folding::{HARDWARE_ID_MAX, hardware_key};

/// Bytes that are looked at: room for a longest id in the widest letters, with spaces between.
const TYPED_MAX: usize = 8 * HARDWARE_ID_MAX;

/// A device's id: upper case, without spaces, 1..=256 characters. Differently typed spellings of
/// one id are equal, so neither case nor spaces begin a second trial.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HardwareId(String);

/// A text that is no hardware id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HardwareIdRefusal {
    /// Nothing, or only spaces.
    #[error("Send the hardware id of the device.")]
    Blank,
    /// More than [`HARDWARE_ID_MAX`] characters without its spaces.
    #[error("Shorten the hardware id to at most 256 characters; a hash of a longer one will do.")]
    TooLong,
    /// NUL and the like.
    #[error("Take the control characters out of the hardware id.")]
    ControlCharacter,
}

impl HardwareIdRefusal {
    /// The same beside the field where it was typed.
    pub fn beside(self, field: &str) -> FieldError {
        FieldError {
            field: field.to_owned(),
            message: self.to_string(),
        }
    }
}

impl HardwareId {
    /// Reads an id as a program sends it or a person pastes it.
    pub fn parse(text: &str) -> Result<Self, HardwareIdRefusal> {
        let text = text.trim();
        if text.len() > TYPED_MAX {
            return Err(HardwareIdRefusal::TooLong);
        }
        if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return Err(HardwareIdRefusal::ControlCharacter);
        }
        let key = hardware_key(text);
        match key.chars().count() {
            0 => Err(HardwareIdRefusal::Blank),
            1..=HARDWARE_ID_MAX => Ok(Self(key)),
            _ => Err(HardwareIdRefusal::TooLong),
        }
    }

    /// The one spelling: what `hardware_key` columns hold and offline codes are bound to.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HardwareId {
    type Error = HardwareIdRefusal;

    fn try_from(text: String) -> Result<Self, HardwareIdRefusal> {
        Self::parse(&text)
    }
}

impl From<HardwareId> for String {
    fn from(id: HardwareId) -> Self {
        id.0
    }
}

impl fmt::Display for HardwareId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for HardwareId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HardwareId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("ab12cd")]
    #[case("  AB12CD\n")]
    #[case("ab 12\tcd")]
    #[case("a b\u{a0}1\u{2009}2 c d")]
    #[case("ab12\u{200b}cd\u{feff}")]
    #[case("ａｂ１２ｃｄ")]
    fn however_it_is_typed_it_is_one_device(#[case] typed: &str) {
        assert_eq!(HardwareId::parse(typed).expect("an id").as_str(), "AB12CD");
    }

    #[rstest]
    #[case("", HardwareIdRefusal::Blank)]
    #[case(" \t\u{a0} ", HardwareIdRefusal::Blank)]
    #[case("\u{200b}", HardwareIdRefusal::Blank)]
    #[case("ab\0cd", HardwareIdRefusal::ControlCharacter)]
    #[case("ab\u{1b}[31m", HardwareIdRefusal::ControlCharacter)]
    #[case("\u{9f}", HardwareIdRefusal::ControlCharacter)]
    fn what_names_no_device_is_refused(#[case] typed: &str, #[case] refusal: HardwareIdRefusal) {
        assert_eq!(HardwareId::parse(typed), Err(refusal));
    }

    #[rstest]
    #[case("a", 256, true)]
    #[case("a", 257, false)]
    #[case("a ", 256, true)]
    #[case("ß", 128, true)]
    #[case("ß", 129, false)]
    #[case("x", 1_000_000, false)]
    fn the_length_counts_after_folding(
        #[case] letter: &str,
        #[case] times: usize,
        #[case] is_taken: bool,
    ) {
        assert_eq!(HardwareId::parse(&letter.repeat(times)).is_ok(), is_taken);
    }

    #[test]
    fn json_is_the_one_spelling() {
        let id: HardwareId = serde_json::from_str("\" ab 12 \"").expect("an id");
        assert_eq!(serde_json::to_string(&id).expect("json"), "\"AB12\"");
        assert!(serde_json::from_str::<HardwareId>("\"\"").is_err());
    }

    #[test]
    fn the_refusal_stands_beside_its_field() {
        let error = HardwareIdRefusal::Blank.beside("hardwareId");
        assert_eq!(error.field, "hardwareId");
        assert_eq!(error.message, "Send the hardware id of the device.");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic_and_an_id_reads_back(text: String) {
            if let Ok(id) = HardwareId::parse(&text) {
                prop_assert_eq!(HardwareId::parse(id.as_str()), Ok(id));
            }
        }

        #[test]
        fn case_and_spaces_make_no_second_device(id in "[0-9a-f]{8,64}", at in 0usize..8) {
            let (a, b) = id.split_at(at);
            let respelled = format!(" {} {}\t", a.to_uppercase(), b);
            prop_assert_eq!(HardwareId::parse(&id), HardwareId::parse(&respelled));
        }
    }
}
