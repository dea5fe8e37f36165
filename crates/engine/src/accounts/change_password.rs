//! Changing one's own password: whoever knows the present one chooses another, and is signed out
//! everywhere else.

use std::net::IpAddr;

use domain::folding::email_key;
use domain::timestamp::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use store::{people, sessions};

use super::password::{self, Verdict};
use super::session::{self, SignedIn};
use super::throttle::{Door, PASSWORDS};
use super::{create_admin, sign_in};
use crate::Engine;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// What the account page sends.
pub struct NewPassword<'a> {
    /// The present one, as typed.
    pub current: &'a SecretString,
    /// The one to come: at least 12 characters, see `domain::person`.
    pub new: &'a SecretString,
    /// Where the request comes from.
    pub address: IpAddr,
    /// What the browser was given when it last signed in.
    pub browser_pass: Option<&'a str>,
}

/// The present session, which goes on under another token: whoever else had the former one is out.
pub struct Renewed {
    /// For the browser's cookie, and nobody else.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}

/// Replaces the password and ends all other sessions of the person. Guesses count as at the door.
/// Fields: `currentPassword`, `newPassword`.
pub async fn execute(engine: &Engine, who: &SignedIn, wish: &NewPassword<'_>) -> Result<Renewed> {
    password::check(wish.new, "newPassword")?;
    let person = who.session.person;
    let accounts = engine.accounts();
    let key = email_key(&who.session.email);
    let browser = sign_in::known_browser(engine, &key, wish.browser_pass);
    let door = Door {
        account: &key,
        address: wish.address,
        browser: browser.as_deref(),
        at_most: PASSWORDS,
    };
    let attempt = accounts.throttle.count(engine.now(), &door)?;
    let mut conn = engine.read().await?;
    let found = people::find(&mut conn, person).await?;
    drop(conn);
    let former = found.ok_or(Error::NotFound("person"))?.password_hash;
    let verdict = accounts
        .hasher
        .verify_and_upgrade(wish.current, &former, engine.random())
        .await?;
    if matches!(verdict, Verdict::Wrong) {
        return Err(wrong());
    }
    let hash = create_admin::hash(engine, wish.new).await?;
    let hashes = (former.as_str(), hash.as_str());
    let now = engine.now();
    let token = session::new_token(engine);
    let token_hash = session::hash(token.expose_secret());
    let mut tx = engine.begin();
    // Of two that change it at once, one finds that what they typed is the former one by now.
    if !people::replace_password_hash(&mut tx, person, hashes, now.millis()).await? {
        return Err(wrong());
    }
    let this = who.session.id;
    let ended = sessions::remove_others(&mut tx, person, this).await?;
    let began = sessions::replace_token(&mut tx, person, this, &token_hash).await?;
    let began = began.ok_or(Error::NotFound("session"))?;
    let what = Change {
        subject: ("person", person.to_string()),
        verb: "password_changed",
        data: json!({ "email": who.session.email, "endedSessions": ended }),
        livemode: false,
    };
    change::write(&mut tx, &who.actor, now, what);
    tx.commit().await?;
    attempt.succeeded();
    Ok(Renewed {
        token,
        expires_at: Timestamp::from_millis(began).plus_days(session::ABSOLUTE_DAYS),
    })
}

fn wrong() -> Error {
    Error::field(
        "currentPassword",
        "This is not your current password. Type the one that you sign in with.",
    )
}
