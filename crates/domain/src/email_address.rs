//! Which texts are plausible e-mail addresses. Only a delivered mail proves one.

use unicode_normalization::UnicodeNormalization;

/// RFC 5321's limit of a whole address in bytes.
pub const WHOLE_MAX: usize = 254;
/// RFC 5321's limit of the part before the @ in bytes.
const LOCAL_MAX: usize = 64;

/// What stands beside a field that holds something else.
pub const ADVICE: &str = "Write one e-mail address like ann@example.com.";

/// The address without surrounding spaces, as typed otherwise; `None` where it is not plausible.
/// Quoted local parts, comments, display names and address literals are not taken.
pub fn parse(text: &str) -> Option<String> {
    let address: String = text.trim().nfc().collect();
    let (local, domain) = address.split_once('@')?;
    let is_plausible = address.len() <= WHOLE_MAX
        && local.len() <= LOCAL_MAX
        && local.split('.').all(is_local_part)
        && domain.split('.').all(is_label);
    is_plausible.then_some(address)
}

fn is_local_part(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("ann@example.com", "ann@example.com")]
    #[case("  Ann.B+keys@Example.co.uk ", "Ann.B+keys@Example.co.uk")]
    #[case("o'hara@example.com", "o'hara@example.com")]
    #[case("jürgen@münchen.example", "jürgen@münchen.example")]
    #[case("admin@localhost", "admin@localhost")]
    fn a_plausible_address_is_taken_as_typed(#[case] text: &str, #[case] address: &str) {
        assert_eq!(parse(text).as_deref(), Some(address));
    }

    #[rstest]
    #[case("")]
    #[case("ann")]
    #[case("@example.com")]
    #[case("ann@")]
    #[case("ann@@example.com")]
    #[case("ann@example..com")]
    #[case("ann.@example.com")]
    #[case("ann b@example.com")]
    #[case("ann@exam ple.com")]
    #[case("Ann <ann@example.com>")]
    #[case("ann@example.com,bob@example.com")]
    #[case("ann@example.com\r\nbcc: all@example.com")]
    #[case("ann@-example.com")]
    #[case("ann@[127.0.0.1]")]
    fn anything_else_is_not(#[case] text: &str) {
        assert_eq!(parse(text), None);
    }

    #[test]
    fn an_endless_address_is_not() {
        assert_eq!(parse(&format!("{}@example.com", "a".repeat(65))), None);
        assert_eq!(parse(&format!("a@{}example.com", "b.".repeat(130))), None);
    }
}
