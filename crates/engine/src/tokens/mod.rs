//! Access tokens of programs. A token is shown once, when it is made; the row keeps a hash.
//!
//! A row that was read is believed for less than a second: a token that is revoked stops at once on
//! this node, and within a second on every other.
//! When a token was last used is written behind, at most once a minute.

pub mod authenticate;
pub mod create;
pub mod list;
pub mod revoke;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
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
const WAITING: usize = 10_000;

/// Writes down which tokens were used. The worker calls it every second and at shutdown.
pub async fn flush(engine: &Engine) -> Result<usize> {
    let uses = engine.token_uses().take();
    if uses.is_empty() {
        return Ok(0);
    }
    let mut tx = engine.begin().await?;
    for (id, (tenant, at)) in &uses {
        access_tokens::note_used(&mut tx, *tenant, *id, at.millis()).await?;
    }
    tx.commit().await?;
    Ok(uses.len())
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// How long a row is believed; with the time that reading it takes, less than a second.
const BELIEVED: Duration = Duration::from_millis(900);

/// Rows that were read lately, by their public halves; who sends the secret half is judged each time.
pub(crate) struct KnownTokens(Cache<String, Arc<Known>>);

/// A row that was read lately.
pub(crate) struct Known {
    row: AccessToken,
    /// When its use was noted last, Unix milliseconds.
    noted_at: AtomicI64,
}

impl Default for KnownTokens {
    fn default() -> Self {
        let rows = Cache::builder().max_capacity(10_000).time_to_live(BELIEVED);
        Self(rows.build())
    }
}

impl KnownTokens {
    fn find(&self, public_id: &str) -> Option<Arc<Known>> {
        self.0.get(public_id)
    }

    fn keep(&self, row: AccessToken) -> Arc<Known> {
        let noted_at = AtomicI64::new(row.last_used_at.unwrap_or_default());
        let known = Arc::new(Known { row, noted_at });
        self.0.insert(known.row.public_id.clone(), known.clone());
        known
    }

    fn forget(&self, public_id: &str) {
        self.0.invalidate(public_id);
    }
}

/// Tokens that were used since the last flush.
#[derive(Default)]
pub(crate) struct Uses(Mutex<HashMap<AccessTokenId, (TenantId, Timestamp)>>);

impl Uses {
    fn note(&self, now: Timestamp, Known { row, noted_at }: &Known) {
        let last = noted_at.load(Ordering::Relaxed);
        if now.millis().saturating_sub(last) < WRITE_EVERY_MILLIS {
            return;
        }
        noted_at.store(now.millis(), Ordering::Relaxed);
        let mut waiting = self.lock();
        if waiting.len() < WAITING {
            waiting.insert(row.id, (row.tenant_id, now));
        }
    }

    fn take(&self) -> HashMap<AccessTokenId, (TenantId, Timestamp)> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<AccessTokenId, (TenantId, Timestamp)>> {
        self.0
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}
