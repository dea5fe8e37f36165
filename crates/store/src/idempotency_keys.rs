//! Idempotency keys: which call a key stands for, and what was answered.

use domain::ids::TenantId;
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// What stands under a key.
#[derive(Clone, FromRow)]
pub struct IdempotencyKey {
    /// The route's template that was called.
    pub route: String,
    /// SHA-256 of the body.
    pub body_hash: Vec<u8>,
    /// HTTP status of the answer; 0 while the first call is still running.
    pub status: i32,
    /// The answer, sealed; absent where it showed a secret once.
    pub answer_sealed: Option<Vec<u8>>,
    /// Unix milliseconds.
    pub created_at: i64,
}

const CLAIM: &str =
    "insert into idempotency_keys (tenant_id, key, route, body_hash, status, created_at)
    values ($1, $2, $3, $4, 0, $5) on conflict (tenant_id, key) do nothing";
const FIND: &str = "select route, body_hash, status, answer_sealed, created_at
    from idempotency_keys where tenant_id = $1 and key = $2";
const FINISH: &str = "update idempotency_keys set status = $3, answer_sealed = $4
    where tenant_id = $1 and key = $2 and status = 0";
const RELEASE: &str =
    "delete from idempotency_keys where tenant_id = $1 and key = $2 and status = 0";
const FORGET: &str =
    "delete from idempotency_keys where tenant_id = $1 and key = $2 and created_at < $3";
const PRUNE: &str = "delete from idempotency_keys where created_at < $1";

/// Takes a key for a call (route, SHA-256 of the body) that begins now; false where it is taken.
/// Waits for a transaction that is taking the same key.
pub async fn claim(
    tx: &mut Tx,
    tenant: TenantId,
    key: &str,
    call: (&str, &[u8], i64),
) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(CLAIM).bind(tenant.get()).bind(key).bind(call.0).bind(call.1)
        .bind(call.2).execute(c).await?.rows_affected() == 1),
    )
}

/// What stands under a key of the tenant.
pub async fn find(conn: &mut Conn, tenant: TenantId, key: &str) -> Result<Option<IdempotencyKey>> {
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(key).fetch_optional(c).await?))
}

/// Keeps the answer of the call that took the key: HTTP status, and the sealed body if it may be repeated.
pub async fn finish(
    tx: &mut Tx,
    tenant: TenantId,
    key: &str,
    answer: (i32, Option<&[u8]>),
) -> Result<()> {
    on!(tx, c => sqlx::query(FINISH).bind(tenant.get()).bind(key).bind(answer.0).bind(answer.1)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Gives a key back whose call did nothing.
pub async fn release(tx: &mut Tx, tenant: TenantId, key: &str) -> Result<()> {
    on!(tx, c => sqlx::query(RELEASE).bind(tenant.get()).bind(key).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets one key if it is older than `oldest` (Unix milliseconds).
pub async fn forget_old(tx: &mut Tx, tenant: TenantId, key: &str, oldest: i64) -> Result<()> {
    on!(tx, c => sqlx::query(FORGET).bind(tenant.get()).bind(key).bind(oldest)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets every key that is older than `oldest`; answers how many.
pub async fn prune(tx: &mut Tx, oldest: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(PRUNE).bind(oldest).execute(c).await?.rows_affected()))
}
