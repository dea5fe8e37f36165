//! Licence keys: 80 random bits in Crockford's alphabet, forgiving to whatever people paste.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::crockford::{is_filling, symbol, value};

const LENGTH: usize = 16;
/// Longer pastes are not looked at.
const PASTE_MAX: usize = 512;

/// A key, shown as `XXXX-XXXX-XXXX-XXXX`. It is a secret: `Debug` does not tell it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ActivationKey(String);

impl ActivationKey {
    /// The key that ten random bytes make.
    pub fn from_random(bytes: [u8; 10]) -> Self {
        let mut padded = [0; 16];
        padded[6..].copy_from_slice(&bytes);
        let bits = u128::from_be_bytes(padded);
        let key = (0..LENGTH)
            .rev()
            .map(|place| symbol((bits >> (5 * place) & 31) as u8))
            .collect();
        Self(key)
    }

    /// Reads what people paste: any spaces, any dashes, either case, O for 0, I and L for 1,
    /// full-width letters.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > PASTE_MAX {
            return None;
        }
        let key = text
            .nfkc()
            .filter(|c| !is_filling(*c))
            .map(|c| value(c).map(symbol))
            .collect::<Option<String>>()?;
        (key.len() == LENGTH).then_some(Self(key))
    }

    /// Reads the last four symbols of a key as forgivingly.
    pub fn parse_last_four(text: &str) -> Option<String> {
        let key = Self::parse(&format!("000000000000{text}"))?;
        Some(key.last_four().to_owned())
    }

    /// The sixteen symbols without dashes: what the blind index is made from.
    pub fn canonical(&self) -> &str {
        &self.0
    }

    /// The last four symbols, which may be shown and searched for.
    pub fn last_four(&self) -> &str {
        &self.0[LENGTH - 4..]
    }
}

impl fmt::Display for ActivationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (a, b) = self.0.split_at(LENGTH / 2);
        write!(f, "{}-{}-{}-{}", &a[..4], &a[4..], &b[..4], &b[4..])
    }
}

impl fmt::Debug for ActivationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case([0; 10], "0000-0000-0000-0000")]
    #[case([255; 10], "ZZZZ-ZZZZ-ZZZZ-ZZZZ")]
    #[case([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "0000-0000-0000-0001")]
    #[case([0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0], "1000-0000-0000-0000")]
    #[case([0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf], "0123-4567-89AB-CDEF")]
    fn every_five_bits_are_one_symbol(#[case] bytes: [u8; 10], #[case] shown: &str) {
        assert_eq!(ActivationKey::from_random(bytes).to_string(), shown);
    }

    #[rstest]
    #[case("CDEF", Some("CDEF"))]
    #[case(" -oil0 ", Some("0110"))]
    #[case("CDE", None)]
    #[case("CDEFG", None)]
    #[case("CD*F", None)]
    #[case("", None)]
    fn the_end_of_a_key_is_read_as_forgivingly(#[case] text: &str, #[case] end: Option<&str>) {
        assert_eq!(ActivationKey::parse_last_four(text).as_deref(), end);
    }

    #[rstest]
    #[case("0123456789ABCDEF")]
    #[case("0123-4567-89AB-CDEF")]
    #[case("  0123 4567\t89ab\ncdef ")]
    #[case("o123—4567–89ab‑cdef")]
    #[case("OI23−4567‐89AB-CDEF")]
    #[case("0L23-4567-89AB-CDEF")]
    #[case("0l23-4567-89ab-cdef")]
    #[case("０１２３－４５６７－８９ＡＢ－ＣＤＥＦ")]
    #[case("\u{feff}0123\u{200b}-4567\u{a0}89AB\u{2060}CDEF")]
    fn whatever_is_pasted_means_the_same_key(#[case] pasted: &str) {
        let key = ActivationKey::parse(pasted).expect("a key");
        assert_eq!(key.canonical(), "0123456789ABCDEF");
        assert_eq!(key.last_four(), "CDEF");
    }

    #[rstest]
    #[case("")]
    #[case("0123-4567-89AB-CDE")]
    #[case("0123-4567-89AB-CDEFG")]
    #[case("U123-4567-89AB-CDEF")]
    #[case("0123-4567-89AB-CDE!")]
    #[case("0123-4567-89AB-CDEé")]
    fn anything_else_is_no_key(#[case] pasted: &str) {
        assert_eq!(ActivationKey::parse(pasted), None);
    }

    #[test]
    fn a_long_paste_is_not_looked_at() {
        let pasted = format!("{}0123456789ABCDEF", " ".repeat(PASTE_MAX));
        assert_eq!(ActivationKey::parse(&pasted), None);
    }

    #[test]
    fn debug_does_not_tell_the_key() {
        let key = ActivationKey::from_random([7; 10]);
        let shown = format!("{key:?}");
        assert!(!shown.contains(key.last_four()));
    }

    /// One way to write a symbol that means the same.
    fn spelling(symbol: char, choice: u8) -> char {
        match (symbol, choice % 3) {
            ('0', 1) => 'o',
            ('0', 2) => 'O',
            ('1', 1) => 'l',
            ('1', 2) => 'I',
            (other, 1) => other.to_ascii_lowercase(),
            (other, _) => other,
        }
    }

    proptest! {
        #[test]
        fn any_spelling_with_any_filling_reads_back(
            bytes: [u8; 10],
            choices: [u8; 16],
            fillings in proptest::collection::vec("[ \t\u{a0}\u{2010}-\u{2015}\u{2212}-]{0,3}", 16),
        ) {
            let key = ActivationKey::from_random(bytes);
            let mut pasted = String::new();
            for ((symbol, choice), filling) in key.canonical().chars().zip(choices).zip(fillings) {
                pasted.push_str(&filling);
                pasted.push(spelling(symbol, choice));
            }
            prop_assert_eq!(ActivationKey::parse(&pasted), Some(key));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text: String) {
            if let Some(key) = ActivationKey::parse(&text) {
                prop_assert_eq!(ActivationKey::parse(&key.to_string()), Some(key));
            }
        }
    }
}
