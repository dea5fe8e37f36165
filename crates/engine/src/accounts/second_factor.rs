//! A person's second factor: codes of an authenticator app, and ten recovery codes.
//!
//! A secret counts once a first right code has confirmed it. It is sealed with the installation's key,
//! because people belong to no tenant. Of recovery codes only keyed hashes are kept.

use std::net::IpAddr;

use data_encoding::BASE32_NOPAD;
use domain::ids::PersonId;
use domain::timestamp::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use store::second_factors::{self, SecondFactor};
use store::{Conn, Tx, people};
use zeroize::Zeroizing;

use super::password::Verdict;
use super::session::SignedIn;
use super::throttle::{Attempt, CODES, Door};
use super::totp;
use crate::Engine;
use crate::change::{self, Change};
use crate::error::{Error, Result};

const RECOVERY_CODES: usize = 10;

/// How it stands with a person's second factor.
pub struct SecondFactorView {
    /// Since when a code is asked for at sign-in; `None` where none is.
    pub since: Option<Timestamp>,
    /// Recovery codes that are left.
    pub codes_left: i64,
    /// What waits for its first right code.
    pub waiting: Option<WaitingSecret>,
}

/// A secret on its way into an authenticator app.
pub struct WaitingSecret {
    /// To type in: base32.
    pub secret: SecretString,
    /// To scan or open: `otpauth://totp/…`.
    pub url: SecretString,
}

/// What was used up to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    Code,
    RecoveryCode,
}

impl Spent {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

/// How it stands.
pub async fn show(engine: &Engine, who: &SignedIn) -> Result<SecondFactorView> {
    let person = who.session.person;
    let mut conn = engine.read().await?;
    let factor = second_factors::find(&mut conn, person).await?;
    let codes_left = second_factors::count_codes(&mut conn, person).await?;
    let waiting = match &factor {
        Some(factor) if factor.confirmed_at.is_none() => {
            let secret = open(engine, person, factor)?;
            Some(waiting(&who.session.email, &secret))
        }
        _ => None,
    };
    let since = factor.and_then(|factor| factor.confirmed_at);
    Ok(SecondFactorView {
        since: since.map(Timestamp::from_millis),
        codes_left,
        waiting,
    })
}

/// Draws a secret, which waits for its first right code in place of a former one that waits.
pub async fn begin(engine: &Engine, who: &SignedIn) -> Result<()> {
    let person = who.session.person;
    let now = engine.now();
    let secret = Zeroizing::new(engine.random::<20>());
    let sealed = engine.installation().seal_second_factor(
        engine.random(),
        &person.to_string(),
        secret.as_slice(),
    )?;
    let mut tx = engine.begin();
    if !second_factors::begin(&mut tx, person, &sealed, now.millis()).await? {
        return Err(Error::Conflict {
            code: "second_factor_on",
            message: "A second factor is on already. Turn it off first.".into(),
        });
    }
    note(engine, &mut tx, who, "second_factor_begun");
    Ok(tx.commit().await?)
}

/// Turns the waiting secret on by a first right code; answers the recovery codes, which nobody can
/// see again. Field: `code`.
pub async fn confirm(
    engine: &Engine,
    who: &SignedIn,
    (code, address): (&SecretString, IpAddr),
) -> Result<Vec<SecretString>> {
    let person = who.session.person;
    let attempt = count(engine, person, address)?;
    let now = engine.now();
    let codes: Vec<_> = (0..RECOVERY_CODES).map(|_| draw_code(engine)).collect();
    let mut tx = engine.begin();
    let found = second_factors::find(&mut tx, person).await?;
    let factor = found.filter(|factor| factor.confirmed_at.is_none());
    let factor = factor.ok_or(Error::NotFound("second factor that waits"))?;
    if !use_code(engine, &mut tx, (person, &factor), code.expose_secret()).await? {
        return Err(wrong_code());
    }
    second_factors::confirm(&mut tx, person, now.millis()).await?;
    let hashes: Vec<_> = codes
        .iter()
        .map(|code| {
            engine
                .installation()
                .hash_recovery_code(&canonical(code.expose_secret()))
        })
        .collect();
    second_factors::replace_codes(&mut tx, person, &hashes).await?;
    note(engine, &mut tx, who, "second_factor_turned_on");
    tx.commit().await?;
    attempt.succeeded();
    Ok(codes)
}

/// Turns it off for whoever knows the password or has a code. Field: `proof`.
pub async fn turn_off(
    engine: &Engine,
    who: &SignedIn,
    (proof, address): (&SecretString, IpAddr),
) -> Result<()> {
    let person = who.session.person;
    let attempt = count(engine, person, address)?;
    let knows_password = is_password(engine, person, proof).await?;
    let mut tx = engine.begin();
    let has_code = !knows_password
        && spend(engine, &mut tx, person, proof.expose_secret())
            .await?
            .is_some();
    if !knows_password && !has_code {
        return Err(Error::field(
            "proof",
            "This is neither your password nor a code that holds now.",
        ));
    }
    if !second_factors::remove(&mut tx, person).await? {
        return Err(Error::NotFound("second factor"));
    }
    note(engine, &mut tx, who, "second_factor_turned_off");
    tx.commit().await?;
    attempt.succeeded();
    Ok(())
}

/// Uses up a code of the app, or a recovery code, of a person whose second factor is on.
pub(super) async fn spend(
    engine: &Engine,
    tx: &mut Tx,
    person: PersonId,
    code: &str,
) -> Result<Option<Spent>> {
    let found = second_factors::find(tx, person).await?;
    let Some(factor) = found.filter(|factor| factor.confirmed_at.is_some()) else {
        return Ok(None);
    };
    if use_code(engine, tx, (person, &factor), code).await? {
        return Ok(Some(Spent::Code));
    }
    let hash = engine.installation().hash_recovery_code(&canonical(code));
    let is_used = second_factors::use_code(tx, person, &hash).await?;
    Ok(is_used.then_some(Spent::RecoveryCode))
}

/// The refusal of a code.
pub(super) fn wrong_code() -> Error {
    Error::field(
        "code",
        "This code is not right, or was used already. Wait for the next one in your app.",
    )
}

async fn use_code(
    engine: &Engine,
    tx: &mut Tx,
    (person, factor): (PersonId, &SecondFactor),
    code: &str,
) -> Result<bool> {
    let secret = open(engine, person, factor)?;
    let moment = (engine.now(), factor.last_step);
    let Some(step) = totp::find_step(&secret, code, moment) else {
        return Ok(false);
    };
    // Of two that come with one code at the same moment, one finds it used.
    Ok(second_factors::use_step(tx, person, step).await?)
}

async fn is_password(engine: &Engine, person: PersonId, proof: &SecretString) -> Result<bool> {
    let mut conn: Conn = engine.read().await?;
    let found = people::find(&mut conn, person).await?;
    drop(conn);
    let stored = found.ok_or(Error::NotFound("person"))?.password_hash;
    let hasher = &engine.accounts().hasher;
    let verdict = hasher.verify_and_upgrade(proof, &stored, engine.random());
    Ok(!matches!(verdict.await?, Verdict::Wrong))
}

fn count(engine: &Engine, person: PersonId, address: IpAddr) -> Result<Attempt<'_>> {
    let door = Door {
        account: &format!("second factor of {person}"),
        address,
        browser: None,
        at_most: CODES,
    };
    engine.accounts().throttle.count(engine.now(), &door)
}

fn open(engine: &Engine, person: PersonId, factor: &SecondFactor) -> Result<Zeroizing<Vec<u8>>> {
    engine
        .installation()
        .open_second_factor(&person.to_string(), &factor.secret_sealed)
        .ok_or(Error::fault("a second factor's secret cannot be opened"))
}

/// The secret as apps take it (the key URI format that they share).
fn waiting(email: &str, secret: &[u8]) -> WaitingSecret {
    let secret = BASE32_NOPAD.encode(secret);
    let account = escaped(email);
    let url = format!("otpauth://totp/ExisOne:{account}?secret={secret}&issuer=ExisOne");
    WaitingSecret {
        secret: secret.into(),
        url: url.into(),
    }
}

/// Percent-encoded but for what RFC 3986 leaves alone everywhere.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push_str(&hex::encode_upper([byte]));
        }
    }
    escaped
}

/// `k5x2ma-9…`: 56 bits of chance.
fn draw_code(engine: &Engine) -> SecretString {
    let text = BASE32_NOPAD.encode(&engine.random::<7>()).to_lowercase();
    let (first, second) = text.split_at(text.len() / 2);
    format!("{first}-{second}").into()
}

/// A recovery code as it is hashed, however it was typed: base32 has neither 0, 1 nor 8.
fn canonical(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            '0' => 'O',
            '1' => 'I',
            '8' => 'B',
            other => other,
        })
        .collect()
}

fn note(engine: &Engine, tx: &mut Tx, who: &SignedIn, verb: &'static str) {
    let what = Change {
        subject: ("person", who.session.person.to_string()),
        verb,
        data: json!({ "email": who.session.email }),
        livemode: false,
    };
    change::write(tx, &who.actor, engine.now(), what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_names_the_account_and_an_odd_address_does_not_break_out() {
        let waiting = waiting("ann+a&b@example.com", b"12345678901234567890");
        assert_eq!(
            waiting.url.expose_secret(),
            "otpauth://totp/ExisOne:ann%2Ba%26b%40example.com\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ExisOne"
        );
    }

    #[test]
    fn a_recovery_code_may_be_typed_in_any_way() {
        for typed in ["abc2de-fghib7", " ABC2DE FGH187 ", "abc2defgh1b7"] {
            assert_eq!(canonical(typed), "ABC2DEFGHIB7", "{typed}");
        }
    }
}
