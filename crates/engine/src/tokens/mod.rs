//! Access tokens of programs. A token is shown once, when it is made; the row keeps a hash.
//!
//! Every call reads the row: there is no cache, so a revoked token stops at once on every node.
//! When a token was last used is written behind, at most once a minute.

pub mod authenticate;
pub mod create;
pub mod list;
pub mod revoke;

use std::collections::HashMap;
use std::sync::Mutex;

use domain::ids::{AccessTokenId, TenantId};
use domain::timestamp::Timestamp;
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

/// Tokens that were used since the last flush.
#[derive(Default)]
pub(crate) struct Uses(Mutex<HashMap<AccessTokenId, (TenantId, Timestamp)>>);

impl Uses {
    fn note(&self, now: Timestamp, row: &AccessToken) {
        let last = row.last_used_at.unwrap_or_default();
        if now.millis().saturating_sub(last) < WRITE_EVERY_MILLIS {
            return;
        }
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
