//! What a person must be known by: an address and a long enough password.

/// Characters of a password, at least and at most.
pub const PASSWORD_MIN: usize = 12;
/// See [`PASSWORD_MIN`].
pub const PASSWORD_MAX: usize = 1024;

/// Why a password is refused; says what to do and never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Fewer than 12 characters.
    #[error("Choose a password of at least 12 characters; a few words in a row are fine.")]
    TooShort,
    /// More than 1024 characters.
    #[error("Choose a password of at most 1024 characters.")]
    TooLong,
    /// One character over and over.
    #[error("Choose a password of more than one character repeated.")]
    OneCharacter,
}

/// Judges a new password by its length alone (NIST SP 800-63B): no rules of composition.
pub fn check_password(password: &str) -> Result<(), PasswordRefusal> {
    // Bytes first, so that nobody makes us count an endless text.
    if password.len() > PASSWORD_MAX * 4 {
        return Err(PasswordRefusal::TooLong);
    }
    match password.chars().count() {
        0..PASSWORD_MIN => Err(PasswordRefusal::TooShort),
        PASSWORD_MIN..=PASSWORD_MAX if is_one_character(password) => {
            Err(PasswordRefusal::OneCharacter)
        }
        PASSWORD_MIN..=PASSWORD_MAX => Ok(()),
        _ => Err(PasswordRefusal::TooLong),
    }
}

fn is_one_character(password: &str) -> bool {
    let mut characters = password.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("elevenchars", Err(PasswordRefusal::TooShort))]
    #[case("twelve chars", Ok(()))]
    #[case("пароль-дом-1", Ok(()))]
    #[case("aaaaaaaaaaaaaaa", Err(PasswordRefusal::OneCharacter))]
    #[case("", Err(PasswordRefusal::TooShort))]
    fn length_alone_counts(#[case] password: &str, #[case] expected: Result<(), PasswordRefusal>) {
        assert_eq!(check_password(password), expected);
    }

    #[rstest]
    #[case("ab", 512, Ok(()))]
    #[case("ab", 513, Err(PasswordRefusal::TooLong))]
    #[case("ab", 1_000_000, Err(PasswordRefusal::TooLong))]
    fn an_endless_password_is_refused(
        #[case] part: &str,
        #[case] times: usize,
        #[case] expected: Result<(), PasswordRefusal>,
    ) {
        assert_eq!(check_password(&part.repeat(times)), expected);
    }
}
