//! Sessions: whose browser this is. The token is random, and only its hash is stored.
//!
//! A session lasts 14 days after it was last seen, and 90 days at most. Seeing it is written
//! behind, at most once a minute, so that no request waits for it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{PersonId, SessionId, TenantId};
use domain::role::Role;
use domain::timestamp::Timestamp;
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use store::sessions::{self, Session};

use crate::Engine;
use crate::actor::{Actor, Who};
use crate::error::{Error, Result};

/// Characters of a token: 32 random bytes in base64url.
const TOKEN_LENGTH: usize = 43;
const SLIDING_DAYS: i64 = 14;
pub(super) const ABSOLUTE_DAYS: i64 = 90;
const WRITE_EVERY_MILLIS: i64 = 60_000;
/// Sessions that wait for the next flush at most.
const WAITING: usize = 10_000;

/// A signed-in browser: what a page may know of it.
#[derive(Clone)]
pub struct SessionView {
    /// Id of the session; not its token.
    pub id: SessionId,
    /// Who is signed in.
    pub person: PersonId,
    /// The person's address.
    pub email: String,
    /// The person's name, or empty.
    pub name: String,
    /// The time zone that the person reads times in; empty is UTC.
    pub time_zone: String,
    /// The tenant that the person works in.
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// The person's role there.
    pub role: Role,
    /// True on the Live side of the Test / Live switch.
    pub livemode: bool,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// Who acts.
    pub actor: Actor,
    /// The browser's session.
    pub session: SessionView,
}

/// Who holds this token; `None` where nobody does, or the session has ended.
pub async fn authenticate(engine: &Engine, token: &str) -> Result<Option<SignedIn>> {
    if token.len() != TOKEN_LENGTH {
        return Ok(None);
    }
    let now = engine.now();
    let mut conn = engine.read().await?;
    let found = sessions::find_by_token(&mut conn, &hash(token), now.millis()).await?;
    drop(conn);
    let Some(row) = found else {
        return Ok(None);
    };
    engine.accounts().seen.note(now, &row);
    let role: Role = row
        .role
        .parse()
        .map_err(|_| Error::fault("a membership's role is not known"))?;
    Ok(Some(signed_in(row, role)))
}

/// True while the session lasts in the same tenant; asking is no sign of somebody at the browser.
pub(crate) async fn is_open(engine: &Engine, token: &str, session: &SessionView) -> Result<bool> {
    let mut conn = engine.read().await?;
    let found = sessions::find_by_token(&mut conn, &hash(token), engine.now().millis()).await?;
    Ok(found.is_some_and(|row| row.id == session.id && row.tenant_id == session.tenant))
}

fn signed_in(row: Session, role: Role) -> SignedIn {
    let who = Who::Person {
        id: row.person_id,
        email: row.email.clone(),
        role,
        is_operator: row.is_operator,
    };
    SignedIn {
        actor: Actor::new(row.tenant_id, who),
        session: SessionView {
            id: row.id,
            person: row.person_id,
            email: row.email,
            name: row.name,
            time_zone: row.time_zone,
            tenant: row.tenant_id,
            tenant_name: row.tenant_name,
            role,
            livemode: row.livemode,
        },
    }
}

/// Writes down which sessions were seen; what could not be written waits for the next time. The worker
/// calls it every second and at shutdown.
pub async fn flush(engine: &Engine) -> Result<usize> {
    let seen = engine.accounts().seen.take();
    if seen.is_empty() {
        return Ok(0);
    }
    let count = seen.len();
    if let Err(error) = write(engine, &seen).await {
        engine.accounts().seen.put_back(seen);
        return Err(error);
    }
    Ok(count)
}

async fn write(engine: &Engine, seen: &BTreeMap<SessionId, SeenAt>) -> Result<()> {
    let mut tx = engine.begin();
    for (id, at) in seen {
        let expires_at = at.seen_at.plus_days(SLIDING_DAYS).min(at.ends_at);
        sessions::note_seen(&mut tx, *id, at.seen_at.millis(), expires_at.millis()).await?;
    }
    Ok(tx.commit().await?)
}

/// Forgets sessions that have expired; the worker calls it once an hour. Answers how many.
pub async fn prune(engine: &Engine) -> Result<u64> {
    let mut tx = engine.begin();
    let count = sessions::prune(&mut tx, engine.now().millis()).await?;
    tx.commit().await?;
    Ok(count)
}

/// When a session that begins now ends unless it is seen again.
pub(super) const fn first_end(now: Timestamp) -> Timestamp {
    now.plus_days(SLIDING_DAYS)
}

pub(crate) fn new_token(engine: &Engine) -> SecretString {
    URL_SAFE_NO_PAD.encode(engine.random::<32>()).into()
}

pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Sessions that were seen since the last flush.
#[derive(Default)]
pub(super) struct Seen(Mutex<BTreeMap<SessionId, SeenAt>>);

struct SeenAt {
    seen_at: Timestamp,
    ends_at: Timestamp,
}

impl Seen {
    fn note(&self, now: Timestamp, row: &Session) {
        if now.millis().saturating_sub(row.last_seen_at) < WRITE_EVERY_MILLIS {
            return;
        }
        let ends_at = Timestamp::from_millis(row.created_at).plus_days(ABSOLUTE_DAYS);
        let mut waiting = self.lock();
        if waiting.len() < WAITING || waiting.contains_key(&row.id) {
            let at = SeenAt {
                seen_at: now,
                ends_at,
            };
            waiting.insert(row.id, at);
        }
    }

    fn take(&self) -> BTreeMap<SessionId, SeenAt> {
        std::mem::take(&mut *self.lock())
    }

    /// What could not be written, where nothing newer is known.
    fn put_back(&self, taken: BTreeMap<SessionId, SeenAt>) {
        let mut waiting = self.lock();
        for (id, at) in taken {
            if waiting.len() < WAITING {
                waiting.entry(id).or_insert(at);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<SessionId, SeenAt>> {
        self.0
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_is_put_back_beside_what_was_seen_since() {
        let at = |seconds| SeenAt {
            seen_at: Timestamp::from_unix_seconds(seconds),
            ends_at: Timestamp::from_unix_seconds(100),
        };
        let id = |number| SessionId::from(uuid::Uuid::from_u128(number));
        let seen = Seen::default();
        seen.lock().insert(id(2), at(9));
        seen.put_back(BTreeMap::from([(id(1), at(1)), (id(2), at(2))]));
        let taken = seen.take().into_values();
        let times: Vec<_> = taken.map(|at| at.seen_at.unix_seconds()).collect();
        assert_eq!(times, [1, 9], "the newer one stays");
    }
}
