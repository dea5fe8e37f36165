//! Access tokens of programs. A token is shown once, when it is made; the row keeps a hash.
//!
//! A row that was read is believed for less than a second: a token that is revoked stops at once on
//! this node, and within a second on every other.
//! When a token was last used is written behind, at most once a minute.

pub mod authenticate;
pub mod create;
pub mod list;
pub mod rename;
pub mod revoke;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use domain::ids::{AccessTokenId, TenantId};
use domain::timestamp::Timestamp;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use store::access_tokens::{self, AccessToken};

use crate::Engine;
use crate::error::Result;

const WRITE_EVERY_MILLIS: i64 = 60_000;
/// Tokens that wait for the next flush at most.
const WAITING_MAX: usize = 10_000;

/// Writes down which tokens were used; what could not be written waits for the next time. The worker calls
/// it every second and at shutdown.
pub async fn flush(engine: &Engine) -> Result<usize> {
    let uses = engine.token_uses().take();
    if uses.is_empty() {
        return Ok(0);
    }
    let count = uses.len();
    if let Err(error) = write(engine, &uses).await {
        engine.token_uses().put_back(uses);
        return Err(error);
    }
    Ok(count)
}

async fn write(engine: &Engine, uses: &Waiting) -> Result<()> {
    let mut tx = engine.begin();
    for (id, (tenant, at)) in uses {
        access_tokens::note_used(&mut tx, *tenant, *id, at.millis()).await?;
    }
    Ok(tx.commit().await?)
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// How long a row is believed from when it was asked for: less than a second.
const BELIEVED_MILLIS: i64 = 900;

/// Rows that were read lately, by their public halves; who sends the secret half is judged each time.
pub(crate) struct KnownTokens {
    rows: Cache<String, Arc<Known>>,
    /// How many were forgotten: a row that was asked for before the last of them may be out of date.
    forgotten: Mutex<u64>,
}

/// The moment before a row is asked for.
pub(crate) struct Look {
    at: Timestamp,
    forgotten: u64,
}

/// A row that was read lately.
pub(crate) struct Known {
    row: AccessToken,
    /// When it was asked for.
    asked_at: Timestamp,
    /// When its use was noted last, Unix milliseconds.
    noted_at: AtomicI64,
}

impl Default for KnownTokens {
    fn default() -> Self {
        let believed = Duration::from_millis(BELIEVED_MILLIS.unsigned_abs());
        let rows = Cache::builder().max_capacity(10_000).time_to_live(believed);
        Self {
            rows: rows.build(),
            forgotten: Mutex::default(),
        }
    }
}

impl KnownTokens {
    fn find(&self, public_id: &str, now: Timestamp) -> Option<Arc<Known>> {
        let known = self.rows.get(public_id)?;
        let age = now.millis().saturating_sub(known.asked_at.millis());
        // A clock that was set back makes nothing young again.
        (0..BELIEVED_MILLIS).contains(&age).then_some(known)
    }

    /// To be taken before a row is asked for.
    fn look(&self, now: Timestamp) -> Look {
        Look {
            at: now,
            forgotten: *self.lock(),
        }
    }

    /// Keeps a row, unless one was forgotten while this one was on its way.
    fn keep(&self, row: AccessToken, look: &Look) -> Arc<Known> {
        let noted_at = AtomicI64::new(row.last_used_at.unwrap_or_default());
        let known = Arc::new(Known {
            row,
            asked_at: look.at,
            noted_at,
        });
        let forgotten = self.lock();
        if *forgotten == look.forgotten {
            let public_id = known.row.public_id.clone();
            self.rows.insert(public_id, known.clone());
        }
        known
    }

    fn forget(&self, public_id: &str) {
        let mut forgotten = self.lock();
        *forgotten += 1;
        self.rows.invalidate(public_id);
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.forgotten
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

/// Tokens and when they were used, in one order: two nodes that write them down never wait crosswise.
type Waiting = BTreeMap<AccessTokenId, (TenantId, Timestamp)>;

/// Tokens that were used since the last flush.
#[derive(Default)]
pub(crate) struct Uses(Mutex<Waiting>);

impl Uses {
    fn note(&self, now: Timestamp, known: &Known) {
        let Known { row, noted_at, .. } = known;
        let last = noted_at.load(Ordering::Relaxed);
        if now.millis().saturating_sub(last) < WRITE_EVERY_MILLIS {
            return;
        }
        noted_at.store(now.millis(), Ordering::Relaxed);
        let mut waiting = self.lock();
        if waiting.len() < WAITING_MAX {
            waiting.insert(row.id, (row.tenant_id, now));
        }
    }

    fn take(&self) -> Waiting {
        std::mem::take(&mut *self.lock())
    }

    /// What could not be written; where a token was used since, that is newer.
    fn put_back(&self, uses: Waiting) {
        let mut waiting = self.lock();
        for (id, used) in uses {
            if waiting.len() < WAITING_MAX {
                waiting.entry(id).or_insert(used);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests;
