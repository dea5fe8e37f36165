//! How two spellings are found to be the same: the `…_key` columns are made here, never in SQL.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Characters that a hardware id may have, after folding.
pub const HARDWARE_ID_MAX: usize = 256;

/// What most programs send: normalising it changes nothing.
fn normal(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        text.into()
    } else {
        text.nfkc().collect()
    }
}

/// A product's or plan's name: NFKC, lower case, ends trimmed, inner spaces as one.
pub fn name_key(name: &str) -> String {
    let folded = lower(name);
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An e-mail address: NFKC, lower case, ends trimmed.
pub fn email_key(email: &str) -> String {
    lower(email.trim()).trim().to_owned()
}

/// A hardware id: NFKC, upper case, without any spaces or invisible characters. The length is
/// judged by `HardwareId`.
pub fn hardware_key(hardware_id: &str) -> String {
    let given = normal(hardware_id);
    let seen = given
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c));
    let upper: String = seen.flat_map(char::to_uppercase).collect();
    normal(&upper).into_owned()
}

/// What mail programs and word processors add unseen: soft hyphens, joiners, marks of direction,
/// byte order marks.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

// Letter by letter, so that a word's last letter folds like any other; normalised again,
// because lower case may bring back a composition.
fn lower(text: &str) -> String {
    let given = normal(text);
    let lower: String = given.chars().flat_map(char::to_lowercase).collect();
    normal(&lower).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("Nordwind  Studio", "nordwind studio")]
    #[case("  NORDWIND\tSTUDIO ", "nordwind studio")]
    #[case("Ｎｏｒｄｗｉｎｄ studio", "nordwind studio")]
    #[case("Ünïcode", "u\u{308}ni\u{308}code")]
    #[case("ΟΔΟΣ", "οδοσ")]
    #[case("", "")]
    fn names_that_look_alike_are_the_same(#[case] one: &str, #[case] other: &str) {
        assert_eq!(name_key(one), name_key(other));
    }

    #[test]
    fn an_address_folds_case_and_ends() {
        assert_eq!(email_key(" Ann@Example.COM "), "ann@example.com");
    }

    #[test]
    fn a_hardware_id_loses_spaces_and_case() {
        assert_eq!(hardware_key(" ab 12\u{a0}cd "), "AB12CD");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text: String) {
            let name = name_key(&text);
            prop_assert_eq!(name_key(&name), name);
            let hardware = hardware_key(&text);
            prop_assert_eq!(hardware_key(&hardware), hardware);
            let email = email_key(&text);
            prop_assert_eq!(email_key(&email), email);
        }
    }
}
