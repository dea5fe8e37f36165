//! Signing in: one answer and equal work whether the account exists or not; then, where the person
//! wants it so, a code as a second step.

use std::net::IpAddr;

use domain::folding::email_key;
use domain::ids::{PersonId, SessionId, TenantId};
use domain::role::Role;
use domain::timestamp::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use store::people::Person;
use store::sessions::{self, NewSession};
use store::{StoreError, Tx, memberships, people, second_factors};

use super::password::Verdict;
use super::throttle::{CODES, Door, PASSWORDS};
use super::{pass, second_factor, session};
use crate::Engine;
use crate::actor::{Actor, Who};
use crate::change::{self, Change};
use crate::error::{Error, Result};

const WRONG: Error =
    Error::Unauthorized("The e-mail address or the password is wrong. Check both and try again.");
const TOO_LATE: Error =
    Error::Unauthorized("The code was asked for too long ago. Sign in with your password again.");
/// Longer texts are no address; they are cut, for they become keys in memory.
const LONGEST_EMAIL: usize = 254;
const LONGEST_USER_AGENT: usize = 255;
/// Where the pass between the two steps opens.
const CODE_STEP: &str = "door/code";
/// How long the second step waits.
const CODE_MINUTES: i64 = 5;
/// How long a browser counts as known after it signed in.
const KNOWN_DAYS: i64 = 365;

/// Who stands at the door.
#[derive(Clone, Copy)]
pub struct Visitor<'a> {
    /// Where the request comes from.
    pub address: IpAddr,
    /// The browser's own description, or empty.
    pub user_agent: &'a str,
    /// The token of the session that the browser had, which ends.
    pub former_token: Option<&'a str>,
    /// What the browser was given when it last signed in.
    pub browser_pass: Option<&'a str>,
}

/// What a browser sends.
pub struct Credentials<'a> {
    /// As typed.
    pub email: &'a str,
    /// As typed.
    pub password: &'a SecretString,
    /// Who sends it.
    pub visitor: Visitor<'a>,
}

/// What comes of a right password.
pub enum Entered {
    /// The person is in.
    SignedIn(NewlySignedIn),
    /// The person is to type a code as well.
    CodeWanted(CodeWanted),
}

/// A session that has just begun.
pub struct NewlySignedIn {
    /// For the browser's cookie, and nobody else.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
    /// By which the browser is known when it comes again.
    pub browser_pass: SecretString,
    /// When it is not known any more.
    pub browser_pass_ends_at: Timestamp,
}

/// The way to the second step.
pub struct CodeWanted {
    /// For the browser's cookie: says whose password was right.
    pub pass: SecretString,
    /// When the password has to be typed again.
    pub expires_at: Timestamp,
}

/// Looks at the password; opens a session on the Test side of the person's first tenant, unless the
/// person has a second factor.
pub async fn execute(engine: &Engine, credentials: &Credentials<'_>) -> Result<Entered> {
    let visitor = &credentials.visitor;
    let key = email_key(&cut(credentials.email.trim(), LONGEST_EMAIL));
    let accounts = engine.accounts();
    let browser = known_browser(engine, &key, visitor.browser_pass);
    let door = Door {
        account: &key,
        address: visitor.address,
        browser: browser.as_deref(),
        at_most: PASSWORDS,
    };
    let attempt = accounts.throttle.count(engine.now(), &door)?;
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
    let (mut person, upgraded) = match (found, verdict) {
        (Some(person), Verdict::Right) => (person, None),
        (Some(person), Verdict::RightButOutdated(hash)) => (person, Some(hash)),
        (None, _) | (_, Verdict::Wrong) => return Err(WRONG),
    };
    let mut tx = engine.begin();
    if let Some(hash) = upgraded {
        let now = engine.now().millis();
        let hashes = (person.password_hash.as_str(), hash.as_str());
        if !people::replace_password_hash(&mut tx, person.id, hashes, now).await? {
            // Somebody with the same password may have been first: the next try finds the new hash.
            return Err(StoreError::Overtaken.into());
        }
        person.password_hash = hash;
    }
    let factor = second_factors::find(&mut tx, person.id).await?;
    let entered = if factor.is_some_and(|factor| factor.confirmed_at.is_some()) {
        Entered::CodeWanted(want_code(engine, &person)?)
    } else {
        Entered::SignedIn(open(engine, &mut tx, (&person, json!({})), visitor).await?)
    };
    tx.commit().await?;
    attempt.succeeded();
    Ok(entered)
}

fn want_code(engine: &Engine, person: &Person) -> Result<CodeWanted> {
    let expires_at = engine.now().plus_minutes(CODE_MINUTES);
    let text = format!("{} {}", person.id, mark(&person.password_hash));
    let pass = pass::issue(engine, CODE_STEP, (&text, expires_at))?;
    Ok(CodeWanted { pass, expires_at })
}

/// By which a pass knows the password that it was given for: with another one it leads nowhere.
fn mark(password_hash: &str) -> String {
    hex::encode(&session::hash(password_hash)[..16])
}

/// Whose password was right, while it is still the same one.
async fn at_code_step(engine: &Engine, pass: &str) -> Result<Option<Person>> {
    let Some(said) = pass::open(engine, CODE_STEP, pass) else {
        return Ok(None);
    };
    let (id, known) = said.split_once(' ').unwrap_or_default();
    let Ok(id) = id.parse::<PersonId>() else {
        return Ok(None);
    };
    let mut conn = engine.read().await?;
    let found = people::find(&mut conn, id).await?;
    Ok(found.filter(|person| mark(&person.password_hash) == known))
}

/// True while a pass leads to the second step: it has not ended, the password is still the same one, and
/// the person still has a second factor.
pub async fn waits_for_code(engine: &Engine, pass: &str) -> Result<bool> {
    let Some(person) = at_code_step(engine, pass).await? else {
        return Ok(false);
    };
    let mut conn = engine.read().await?;
    let factor = second_factors::find(&mut conn, person.id).await?;
    Ok(factor.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// The second step: a code of the second factor, or one of the recovery codes. Field: `code`.
pub async fn with_code(
    engine: &Engine,
    (pass, code): (&str, &SecretString),
    visitor: &Visitor<'_>,
) -> Result<NewlySignedIn> {
    let person = at_code_step(engine, pass).await?.ok_or(TOO_LATE)?;
    let browser = known_browser(engine, &person.email_key, visitor.browser_pass);
    let door = Door {
        account: &format!("code of {}", person.id),
        address: visitor.address,
        browser: browser.as_deref(),
        at_most: CODES,
    };
    let attempt = engine.accounts().throttle.count(engine.now(), &door)?;
    let mut tx = engine.begin();
    let spent = second_factor::spend(engine, &mut tx, person.id, code.expose_secret()).await?;
    let spent = spent.ok_or_else(second_factor::wrong_code)?;
    let how = json!({ "secondFactor": spent.as_str() });
    let opened = open(engine, &mut tx, (&person, how), visitor).await?;
    tx.commit().await?;
    attempt.succeeded();
    Ok(opened)
}

async fn open(
    engine: &Engine,
    tx: &mut Tx,
    (person, mut how): (&Person, Value),
    visitor: &Visitor<'_>,
) -> Result<NewlySignedIn> {
    let now = engine.now();
    // Whoever replaces the password ends the session that opens here, or this one finds it replaced.
    if !people::lock_password_hash(tx, person.id, &person.password_hash).await? {
        return Err(WRONG);
    }
    // Somebody without any tenant has nothing to see, and nobody needs to know why.
    let (tenant, role) = home(tx, person).await?.ok_or(WRONG)?;
    if let Some(former) = visitor.former_token {
        sessions::remove(tx, &session::hash(former)).await?;
    }
    let id: SessionId = engine.new_id();
    let token = session::new_token(engine);
    let row = NewSession {
        id,
        token_hash: &session::hash(token.expose_secret()),
        person_id: person.id,
        tenant_id: tenant,
        address: &visitor.address.to_string(),
        user_agent: &cut(visitor.user_agent, LONGEST_USER_AGENT),
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
    how["sessionId"] = json!(id);
    let what = Change {
        subject: ("person", person.id.to_string()),
        verb: "signed_in",
        data: how,
        livemode: false,
    };
    change::write(tx, &Actor::new(tenant, who), now, what);
    let browser_pass_ends_at = now.plus_days(KNOWN_DAYS);
    Ok(NewlySignedIn {
        token,
        expires_at: now.plus_days(session::ABSOLUTE_DAYS),
        browser_pass: introduce(engine, person, (visitor, browser_pass_ends_at))?,
        browser_pass_ends_at,
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

/// The browser's id, where it has signed in to this account before.
pub(super) fn known_browser(
    engine: &Engine,
    email_key: &str,
    browser_pass: Option<&str>,
) -> Option<String> {
    pass::open(engine, &browser_place(email_key), browser_pass?)
}

/// The pass by which a browser is known to an account; its id stays the same.
fn introduce(
    engine: &Engine,
    person: &Person,
    (visitor, ends_at): (&Visitor<'_>, Timestamp),
) -> Result<SecretString> {
    let id = known_browser(engine, &person.email_key, visitor.browser_pass)
        .unwrap_or_else(|| hex::encode(engine.random::<16>()));
    pass::issue(engine, &browser_place(&person.email_key), (&id, ends_at))
}

fn browser_place(email_key: &str) -> String {
    format!("door/browser/{email_key}")
}

/// What a database can keep of it: no control characters, and not too many others.
fn cut(text: &str, characters: usize) -> String {
    let kept = text.chars().filter(|c| !c.is_control());
    kept.take(characters).collect()
}
