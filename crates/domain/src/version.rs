//! Versions of the programs in the field: which of two is older, however they are written.
//!
//! Numbers compare part by part (1.10 is newer than 1.9, 1.0 is 1.0.0), a pre-release comes before
//! its release. What cannot be read is never outdated: a customer is not locked out by a typo.

use std::cmp::Ordering;

/// Characters of a version, as products and programs write it.
pub const VERSION_MAX: usize = 64;

/// A version that can be compared. Build metadata (`+build`, ` (345)`) is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProgramVersion {
    /// Without zeros at the end.
    numbers: Vec<u64>,
    /// Empty on a release.
    pre_release: Vec<Identifier>,
}

/// One part of a pre-release; numbers come before words (semver.org, 11.4.3).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Identifier {
    Number(u64),
    Word(String),
}

impl ProgramVersion {
    /// Reads `1.2`, `v1.2.3-beta.4`, `2.0rc1`, `10.0.19045 (build 7)`: a first number is needed, all
    /// else is taken as it comes. Absurdly large numbers count as the largest. `None` where the
    /// text does not begin with a number, or is longer than [`VERSION_MAX`].
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.chars().count() > VERSION_MAX {
            return None;
        }
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let text = text.trim_start_matches(['.', ' ']);
        let (text, _build) = text.split_once(['+', '(']).unwrap_or((text, ""));
        let (mut numbers, rest) = leading_numbers(text);
        if numbers.is_empty() {
            return None;
        }
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some(Self {
            numbers,
            pre_release: identifiers(rest),
        })
    }
}

impl Ord for ProgramVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let is_release = |version: &Self| version.pre_release.is_empty();
        self.numbers
            .cmp(&other.numbers)
            .then_with(|| is_release(self).cmp(&is_release(other)))
            .then_with(|| self.pre_release.cmp(&other.pre_release))
    }
}

impl PartialOrd for ProgramVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// True where a program says a version that is older than the minimum. A program that says none,
/// and a text on either side that cannot be read, are not outdated.
pub fn is_outdated(version: Option<&str>, minimum: Option<&str>) -> bool {
    let read = |text: Option<&str>| text.and_then(ProgramVersion::parse);
    match (read(version), read(minimum)) {
        (Some(version), Some(minimum)) => version < minimum,
        _ => false,
    }
}

/// Numbers joined by single dots, and what follows them.
fn leading_numbers(text: &str) -> (Vec<u64>, &str) {
    let mut numbers = Vec::new();
    let mut rest = text;
    loop {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        if end == 0 {
            return (numbers, rest);
        }
        numbers.push(number(&rest[..end]));
        rest = &rest[end..];
        match rest.strip_prefix('.') {
            Some(after) if after.starts_with(|c: char| c.is_ascii_digit()) => rest = after,
            _ => return (numbers, rest),
        }
    }
}

/// Runs of digits and runs of letters; everything else stands between them. `rc10` is `rc`, 10.
fn identifiers(text: &str) -> Vec<Identifier> {
    let mut identifiers = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_same = |c: char| kind(c) == kind(first);
        let end = rest.find(|c: char| !is_same(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match kind(first) {
            Kind::Digit => identifiers.push(Identifier::Number(number(run))),
            Kind::Letter => identifiers.push(Identifier::Word(run.to_lowercase())),
            Kind::Other => {}
        }
        rest = after;
    }
    identifiers
}

#[derive(PartialEq, Eq)]
enum Kind {
    Digit,
    Letter,
    Other,
}

fn kind(c: char) -> Kind {
    if c.is_ascii_digit() {
        Kind::Digit
    } else if c.is_alphanumeric() {
        Kind::Letter
    } else {
        Kind::Other
    }
}

/// Digits alone come in, so the only failure is a number too large.
fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn read(text: &str) -> ProgramVersion {
        ProgramVersion::parse(text).expect("a version")
    }

    #[rstest]
    #[case("1.9", "1.10")]
    #[case("1.9.9", "1.10")]
    #[case("1", "1.0.1")]
    #[case("0.9", "1")]
    #[case("9", "10")]
    #[case("2025.12", "2026.1")]
    #[case("1.0-beta", "1.0")]
    #[case("1.0.0-rc.1", "1")]
    #[case("0.9", "1.0-alpha")]
    #[case("1.0-alpha", "1.0-alpha.1")]
    #[case("1.0-alpha.1", "1.0-alpha.beta")]
    #[case("1.0-alpha.beta", "1.0-beta")]
    #[case("1.0-beta.2", "1.0-beta.11")]
    #[case("1.0-beta9", "1.0-beta10")]
    #[case("1.0b2", "1.0rc1")]
    #[case("2.0rc1", "2.0")]
    #[case("1.18446744073709551614", "1.99999999999999999999")]
    fn the_first_is_older(#[case] older: &str, #[case] newer: &str) {
        assert!(read(older) < read(newer), "{older} < {newer}");
        assert!(is_outdated(Some(older), Some(newer)));
        assert!(!is_outdated(Some(newer), Some(older)));
    }

    #[rstest]
    #[case("1", "1.0.0")]
    #[case("0", "0.0")]
    #[case("v1.2.3", "1.2.3")]
    #[case("V. 1.2", " 1.2 ")]
    #[case("1.02", "1.2")]
    #[case("1.2.3+linux.7", "1.2.3")]
    #[case("1.2.3 (345)", "1.2.3")]
    #[case("1.0-RC1", "1.0.0rc.1")]
    #[case("1.2.", "1.2")]
    #[case("1.99999999999999999999", "1.88888888888888888888")]
    fn both_spellings_are_the_same_version(#[case] one: &str, #[case] other: &str) {
        assert_eq!(read(one), read(other));
        assert!(!is_outdated(Some(one), Some(other)));
    }

    #[rstest]
    #[case(None, Some("2.0"))]
    #[case(Some(""), Some("2.0"))]
    #[case(Some("latest"), Some("2.0"))]
    #[case(Some("-1"), Some("2.0"))]
    #[case(Some("１.0"), Some("2.0"))]
    #[case(Some("1.0"), None)]
    #[case(Some("1.0"), Some("newest"))]
    fn what_cannot_be_read_is_never_outdated(
        #[case] version: Option<&str>,
        #[case] minimum: Option<&str>,
    ) {
        assert!(!is_outdated(version, minimum));
    }

    #[test]
    fn a_long_text_is_no_version() {
        assert!(ProgramVersion::parse(&"1".repeat(VERSION_MAX)).is_some());
        assert_eq!(ProgramVersion::parse(&"1".repeat(VERSION_MAX + 1)), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text: String) {
            let version = ProgramVersion::parse(&text);
            prop_assert_eq!(version.clone(), ProgramVersion::parse(&text));
        }

        #[test]
        fn the_order_is_total(
            a in "v?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(-?[a-c]{0,2}\\.?[0-9]{0,2})",
            b in "v?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(-?[a-c]{0,2}\\.?[0-9]{0,2})",
            c in "v?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}(-?[a-c]{0,2}\\.?[0-9]{0,2})",
        ) {
            let (a, b, c) = (read(&a), read(&b), read(&c));
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
            if a <= b && b <= c {
                prop_assert!(a <= c);
            }
        }
    }
}
