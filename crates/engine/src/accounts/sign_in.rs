//! Signing in: one answer and equal work whether the account exists or not.

use std::net::IpAddr;

use domain::folding::email_key;
use domain::ids::{SessionId, TenantId};
use domain::role::Role;
use domain::timestamp::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use store::people::Person;
use store::sessions::{self, NewSession};
use store::{Tx, memberships, people};

use super::password::Verdict;
use super::session;
use crate::Engine;
use crate::actor::{Actor, Who};
use crate::change::{self, Change};
use crate::error::{Error, Result};

const WRONG: Error =
    Error::Unauthorized("The e-mail address or the password is wrong. Check both and try again.");
/// Longer texts are no address; they are cut, for they become keys in memory.
const LONGEST_EMAIL: usize = 254;
const LONGEST_USER_AGENT: usize = 255;

/// What a browser sends.
pub struct Credentials<'a> {
    /// As typed.
    pub email: &'a str,
    /// As typed.
    pub password: &'a SecretString,
    /// Where the request comes from.
    pub address: IpAddr,
    /// The browser's own description, or empty.
    pub user_agent: &'a str,
    /// The token of the session that the browser had, which ends.
    pub former_token: Option<&'a str>,
}

/// A session that has just begun.
pub struct NewlySignedIn {
    /// For the browser's cookie, and nobody else.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}

/// Opens a session on the Test side of the person's first tenant.
pub async fn execute(engine: &Engine, credentials: &Credentials<'_>) -> Result<NewlySignedIn> {
    let key = email_key(&cut(credentials.email.trim(), LONGEST_EMAIL));
    let accounts = engine.accounts();
    let attempt = accounts
        .throttle
        .count(engine.now(), &key, credentials.address)?;
    let mut conn = engine.read().await?;
    let found = people::find_by_email(&mut conn, &key).await?;
    drop(conn);
    let stored = match &found {
        Some(person) => person.password_hash.clone(),
        None => accounts.hasher.nobodys(),
    };
    let verdict = accounts
        .hasher
        .verify_and_upgrade(credentials.password, &stored, engine.random())
        .await?;
    let (person, upgraded) = match (found, verdict) {
        (Some(person), Verdict::Right) => (person, None),
        (Some(person), Verdict::RightButOutdated(hash)) => (person, Some(hash)),
        (None, _) | (_, Verdict::Wrong) => return Err(WRONG),
    };
    let mut tx = engine.begin();
    if let Some(hash) = upgraded {
        let now = engine.now().millis();
        let hashes = (person.password_hash.as_str(), hash.as_str());
        people::replace_password_hash(&mut tx, person.id, hashes, now).await?;
    }
    let opened = open(engine, &mut tx, &person, credentials).await?;
    tx.commit().await?;
    attempt.succeeded();
    Ok(opened)
}

async fn open(
    engine: &Engine,
    tx: &mut Tx,
    person: &Person,
    credentials: &Credentials<'_>,
) -> Result<NewlySignedIn> {
    let now = engine.now();
    // Somebody without any tenant has nothing to see, and nobody needs to know why.
    let (tenant, role) = home(tx, person).await?.ok_or(WRONG)?;
    if let Some(former) = credentials.former_token {
        sessions::remove(tx, &session::hash(former)).await?;
    }
    let id: SessionId = engine.new_id();
    let token = session::new_token(engine);
    let row = NewSession {
        id,
        token_hash: &session::hash(token.expose_secret()),
        person_id: person.id,
        tenant_id: tenant,
        address: &credentials.address.to_string(),
        user_agent: &cut(credentials.user_agent, LONGEST_USER_AGENT),
        created_at: now.millis(),
        expires_at: session::first_end(now).millis(),
    };
    sessions::insert(tx, &row).await?;
    let who = Who::Person {
        id: person.id,
        email: person.email.clone(),
        role,
        is_operator: person.is_operator,
    };
    let what = Change {
        subject: ("person", person.id.to_string()),
        verb: "signed_in",
        data: json!({ "sessionId": id }),
        livemode: false,
    };
    change::write(tx, &Actor::new(tenant, who), now, what);
    Ok(NewlySignedIn {
        token,
        expires_at: now.plus_days(session::ABSOLUTE_DAYS),
    })
}

/// The tenant that a person lands in: the one they joined first.
async fn home(tx: &mut Tx, person: &Person) -> Result<Option<(TenantId, Role)>> {
    let all = memberships::list_by_person(tx, person.id).await?;
    let Some(first) = all.first() else {
        return Ok(None);
    };
    let role = first
        .role
        .parse()
        .map_err(|_| Error::fault("a membership's role is not known"))?;
    Ok(Some((first.tenant_id, role)))
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
