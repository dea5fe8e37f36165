//! Passwords: argon2id under numbered schemes, hashed off the async threads and a few at a time.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use domain::person::check_password;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Hashes under way at once, 19 MiB and one thread each.
const AT_ONCE: usize = 2;
/// Who may wait for a turn; more are asked to come again.
const WAITING: usize = 64;
const COME_AGAIN_SECONDS: u64 = 5;

/// One way to hash. Its number stands before the hash, so that a stored hash says how it was made.
#[derive(Clone, Copy)]
struct Scheme {
    number: u8,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// All schemes that were ever used; the last is the current one.
/// 1: OWASP's Password Storage Cheat Sheet, argon2id.
const SCHEMES: &[Scheme] = &[Scheme {
    number: 1,
    memory_kib: 19_456,
    passes: 2,
    lanes: 1,
}];

/// What a password turned out to be.
#[must_use]
pub(crate) enum Verdict {
    /// It is the one.
    Right,
    /// It is the one, and here is its hash under the current scheme, to be stored in place of the old.
    RightButOutdated(String),
    /// It is another.
    Wrong,
}

/// Hashes a few passwords at a time.
pub(crate) struct Hasher {
    schemes: &'static [Scheme],
    running: Semaphore,
    waiting: Semaphore,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::with(SCHEMES)
    }
}

impl Hasher {
    fn with(schemes: &'static [Scheme]) -> Self {
        Self {
            schemes,
            running: Semaphore::new(AT_ONCE),
            waiting: Semaphore::new(WAITING),
        }
    }

    fn current(&self) -> Scheme {
        *self.schemes.last().expect("there is at least one scheme")
    }

    /// Hashes a password for storing.
    pub(crate) async fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<String> {
        self.run(self.current(), password, salt.to_vec())
            .await
            .map(|hash| encode(self.current(), &salt, &hash))
    }

    /// Compares a password with a stored hash, and hashes it anew where the scheme is an old one.
    pub(crate) async fn verify_and_upgrade(
        &self,
        password: &SecretString,
        stored: &str,
        new_salt: [u8; 16],
    ) -> Result<Verdict> {
        let (scheme, salt, expected) = self
            .decode(stored)
            .ok_or(Error::fault("a stored password hash cannot be read"))?;
        let actual = self.run(scheme, password, salt).await?;
        if !bool::from(actual.as_slice().ct_eq(&expected)) {
            return Ok(Verdict::Wrong);
        }
        if scheme.number == self.current().number {
            return Ok(Verdict::Right);
        }
        self.hash(password, new_salt)
            .await
            .map(Verdict::RightButOutdated)
    }

    /// A stored hash that no password has, for accounts that do not exist: equal work, equal answer.
    pub(crate) fn nobodys(&self) -> String {
        encode(self.current(), &[0; 16], &[0; 32])
    }

    fn decode(&self, stored: &str) -> Option<(Scheme, Vec<u8>, Vec<u8>)> {
        let mut parts = stored.split('$');
        let number: u8 = parts.next()?.parse().ok()?;
        let scheme = self.schemes.iter().find(|s| s.number == number)?;
        let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        let hash = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        (parts.next().is_none() && hash.len() == 32).then_some((*scheme, salt, hash))
    }

    async fn run(
        &self,
        scheme: Scheme,
        password: &SecretString,
        salt: Vec<u8>,
    ) -> Result<Zeroizing<[u8; 32]>> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::TooMany {
            retry_after_seconds: COME_AGAIN_SECONDS,
        })?;
        let turn = self.running.acquire().await;
        let _turn = turn.map_err(|_| Error::fault("the queue for hashing is closed"))?;
        let password = password.clone();
        tokio::task::spawn_blocking(move || hash_now(scheme, &password, &salt))
            .await
            .map_err(|_| Error::fault("hashing a password"))?
    }
}

fn hash_now(scheme: Scheme, password: &SecretString, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>> {
    let fault = |_| Error::fault("hashing a password");
    let params =
        Params::new(scheme.memory_kib, scheme.passes, scheme.lanes, Some(32)).map_err(fault)?;
    let mut hash = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(
            password.expose_secret().as_bytes(),
            salt,
            hash.as_mut_slice(),
        )
        .map_err(fault)?;
    Ok(hash)
}

fn encode(scheme: Scheme, salt: &[u8], hash: &[u8; 32]) -> String {
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("{}${salt}${hash}", scheme.number)
}

/// Refuses a password that is too easy to guess or too long to be meant.
pub(crate) fn check(password: &SecretString, field: &str) -> Result<()> {
    check_password(password.expose_secret())
        .map_err(|refusal| Error::field(field, refusal.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD_AND_NEW: &[Scheme] = &[
        Scheme {
            number: 1,
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        },
        Scheme {
            number: 2,
            memory_kib: 128,
            passes: 1,
            lanes: 1,
        },
    ];

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_same_password_is_right() {
        let hasher = Hasher::with(&OLD_AND_NEW[..1]);
        let stored = hasher
            .hash(&secret("correct horse battery"), [7; 16])
            .await
            .expect("hashes");
        assert!(stored.starts_with("1$"));
        assert!(!stored.contains("correct"));
        for (password, is_right) in [
            ("correct horse battery", true),
            ("correct horse batterY", false),
            ("", false),
        ] {
            let verdict = hasher
                .verify_and_upgrade(&secret(password), &stored, [8; 16])
                .await
                .expect("verifies");
            assert_eq!(matches!(verdict, Verdict::Right), is_right, "{password}");
        }
    }

    #[tokio::test]
    async fn a_hash_of_an_old_scheme_is_made_anew_when_the_password_is_right() {
        let old = Hasher::with(&OLD_AND_NEW[..1]);
        let new = Hasher::with(OLD_AND_NEW);
        let password = secret("correct horse battery");
        let stored = old.hash(&password, [7; 16]).await.expect("hashes");
        let wrong = new
            .verify_and_upgrade(&secret("something else"), &stored, [8; 16])
            .await
            .expect("verifies");
        assert!(matches!(wrong, Verdict::Wrong));
        let right = new
            .verify_and_upgrade(&password, &stored, [8; 16])
            .await
            .expect("verifies");
        let Verdict::RightButOutdated(renewed) = right else {
            panic!("the old scheme should be noticed");
        };
        assert!(renewed.starts_with("2$"));
        let again = new
            .verify_and_upgrade(&password, &renewed, [9; 16])
            .await
            .expect("verifies");
        assert!(matches!(again, Verdict::Right));
    }

    #[tokio::test]
    async fn nobodys_hash_can_be_tried_and_is_never_right() {
        let hasher = Hasher::with(OLD_AND_NEW);
        let verdict = hasher
            .verify_and_upgrade(&secret(""), &hasher.nobodys(), [8; 16])
            .await
            .expect("verifies");
        assert!(matches!(verdict, Verdict::Wrong));
    }

    #[tokio::test]
    async fn a_stored_text_that_is_no_hash_is_a_fault_and_not_a_wrong_password() {
        let hasher = Hasher::with(OLD_AND_NEW);
        for stored in ["", "1", "1$$", "9$AAAA$AAAA", "1$AAAA$AAAA$AAAA"] {
            let verdict = hasher
                .verify_and_upgrade(&secret("x"), stored, [8; 16])
                .await;
            assert!(verdict.is_err_and(|e| e.is_fault()), "{stored}");
        }
    }
}
