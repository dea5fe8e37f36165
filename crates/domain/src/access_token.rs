//! Access tokens, `exo_at_<public>_<secret>`, and what an admin says of a new one.

use std::fmt;

use crate::field_error::FieldErrors;
use crate::form::{Input, Reader, form, input};
use crate::permission::Permissions;
use crate::timestamp::Timestamp;

const PREFIX: &str = "exo_at_";
const PUBLIC_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;
const NAME_MAX: usize = 100;

/// A token in clear: shown once, stored as a hash. `Debug` tells its public half alone.
#[derive(Clone)]
pub struct AccessToken {
    public_id: String,
    secret: String,
}

impl AccessToken {
    /// The token that random bytes make.
    pub fn from_random(public_id: [u8; PUBLIC_BYTES], secret: [u8; SECRET_BYTES]) -> Self {
        Self {
            public_id: hex::encode(public_id),
            secret: hex::encode(secret),
        }
    }

    /// Reads a token as it was shown, with spaces around it; lower case alone.
    pub fn parse(text: &str) -> Option<Self> {
        let (public_id, secret) = text.trim().strip_prefix(PREFIX)?.split_once('_')?;
        let is_token = is_hex(public_id, PUBLIC_BYTES) && is_hex(secret, SECRET_BYTES);
        is_token.then(|| Self {
            public_id: public_id.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// The half by which the token is found: 16 hex digits, no secret.
    pub fn public_id(&self) -> &str {
        &self.public_id
    }

    /// The half that is hashed and compared in constant time: 64 hex digits.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

fn is_hex(text: &str, bytes: usize) -> bool {
    text.len() == bytes * 2
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl fmt::Display for AccessToken {
    /// The whole token, secret included: for the one time that it is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}_{}", self.public_id, self.secret)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken({PREFIX}{}_…)", self.public_id)
    }
}

form! {
    /// A new token as it is typed or sent.
    #[derive(Debug)]
    pub struct AccessTokenForm {
        /// Required.
        name,
        /// Words joined by commas, or a list; at least one.
        permissions: list,
        /// RFC 3339, or a date whose end counts; blank is never.
        expires_at,
    }
}

/// What a new token is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccessToken {
    /// Name as typed.
    pub name: String,
    /// At least one.
    pub permissions: Permissions,
    /// `None` is never.
    pub expires_at: Option<Timestamp>,
}

impl AccessTokenForm {
    /// The token that is to be made at `now`.
    pub fn parse(&self, now: Timestamp) -> Result<NewAccessToken, FieldErrors> {
        let mut reader = Reader::new();
        let expires_at = input("expiresAt", self.expires_at.as_ref());
        let token = NewAccessToken {
            name: reader.name(input("name", self.name.as_ref()), "", NAME_MAX),
            permissions: self.read_permissions(&mut reader),
            expires_at: read_expiry(&mut reader, expires_at, now),
        };
        reader.finish(token)
    }

    fn read_permissions(&self, reader: &mut Reader) -> Permissions {
        let words = self.permissions.as_deref().unwrap_or_default();
        let permissions = words.parse::<Permissions>().unwrap_or_default();
        if permissions.is_empty() {
            reader.refuse(
                "permissions",
                "Choose at least one of verify, generate, email, manage, and no other.",
            );
        }
        permissions
    }
}

fn read_expiry(reader: &mut Reader, input: Input<'_>, now: Timestamp) -> Option<Timestamp> {
    let text = input.filled()?;
    let end = Timestamp::parse_rfc3339(text)
        .or_else(|| Timestamp::parse_date(text).map(Timestamp::end_of_day));
    match end {
        None => reader.refuse(
            input.name(),
            "Write a date like 2027-12-31, or leave it empty for a token that does not expire.",
        ),
        Some(end) if end <= now => reader.refuse(input.name(), "Choose a time that is to come."),
        Some(_) => {}
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_431_600);

    #[test]
    fn a_token_reads_back_as_it_was_shown() {
        let token = AccessToken::from_random([0xab; 8], [0x01; 32]);
        let shown = token.to_string();
        assert!(shown.starts_with("exo_at_abababababababab_0101"));
        let read = AccessToken::parse(&format!(" {shown}\n")).expect("a token");
        assert_eq!(
            (read.public_id(), read.secret()),
            (token.public_id(), token.secret())
        );
    }

    #[rstest]
    #[case("")]
    #[case("exo_at_")]
    #[case("exo_at_abababababababab")]
    #[case("exo_at_abababababababab_01")]
    #[case("sk_test_abababababababab_01")]
    fn anything_else_is_no_token(#[case] text: &str) {
        assert!(AccessToken::parse(text).is_none());
    }

    #[test]
    fn upper_case_is_another_text() {
        let shown = AccessToken::from_random([0xab; 8], [0xcd; 32]).to_string();
        assert!(AccessToken::parse(&shown.replace("cd", "CD")).is_none());
        assert!(AccessToken::parse(&format!("{shown}0")).is_none());
    }

    #[test]
    fn debug_does_not_tell_the_secret() {
        let token = AccessToken::from_random([1; 8], [2; 32]);
        assert!(!format!("{token:?}").contains(token.secret()));
    }

    fn parse(json: Value) -> Result<NewAccessToken, FieldErrors> {
        let form: AccessTokenForm = serde_json::from_value(json).expect("a form");
        form.parse(NOW)
    }

    #[test]
    fn a_date_counts_to_its_end() {
        let sent =
            json!({"name": "CI", "permissions": ["generate", "manage"], "expiresAt": "2026-11-23"});
        let token = parse(sent).expect("fine");
        assert_eq!(token.permissions.to_string(), "generate,manage");
        assert_eq!(token.expires_at, Some(NOW.end_of_day()));
    }

    #[rstest]
    #[case(json!({"permissions": "verify"}), "name")]
    #[case(json!({"name": "CI"}), "permissions")]
    #[case(json!({"name": "CI", "permissions": []}), "permissions")]
    #[case(json!({"name": "CI", "permissions": "verify,root"}), "permissions")]
    #[case(json!({"name": "CI", "permissions": "verify", "expiresAt": "tomorrow"}), "expiresAt")]
    #[case(json!({"name": "CI", "permissions": "verify", "expiresAt": "2026-11-22"}), "expiresAt")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = parse(json).expect_err("refused");
        assert_eq!(errors.first().map(|e| e.field.as_str()), Some(field));
    }
}
