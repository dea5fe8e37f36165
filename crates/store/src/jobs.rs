//! Jobs: what is to be done after a commit, exactly once per unique key, claimed by lease.

use domain::ids::{JobId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A job's row.
#[derive(Debug, Clone, FromRow)]
pub struct Job {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: JobId,
    /// Tenant.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// What is to be done.
    pub kind: String,
    /// JSON of ids, never of data.
    pub payload: String,
    /// How often it was tried, this time included.
    pub attempts: i32,
    /// Unix milliseconds; proves the claim when the job is ended.
    pub leased_until: i64,
}

/// What a new job needs.
pub struct NewJob<'a> {
    /// Id.
    pub id: JobId,
    /// Tenant.
    pub tenant_id: TenantId,
    /// What is to be done.
    pub kind: &'a str,
    /// There is at most one job with this key.
    pub unique_key: &'a str,
    /// JSON of ids.
    pub payload: &'a str,
    /// Unix milliseconds: not before.
    pub run_at: i64,
    /// Unix milliseconds.
    pub now: i64,
}

const INSERT: &str =
    "insert into jobs (id, tenant_id, kind, unique_key, payload, state, run_at, leased_until,
        attempts, created_at)
    values ($1, $2, $3, $4, $5, 'queued', $6, 0, 0, $7) on conflict (unique_key) do nothing";
// The lease is judged again in the outer `where`: two nodes that chose the same row cannot both win.
pub(crate) const CLAIM: &str = "update jobs set leased_until = $1, attempts = attempts + 1
    where id = (select id from jobs where state = 'queued' and kind = $3 and run_at <= $2
                  and leased_until < $2 order by run_at, id limit 1)
      and state = 'queued' and leased_until < $2
    returning id, tenant_id, kind, payload, attempts, leased_until";
const FINISH: &str = "delete from jobs where id = $1 and leased_until = $2";
const RETRY: &str = "update jobs set run_at = $3, leased_until = 0, last_error = $4
    where id = $1 and leased_until = $2";
const BURY: &str =
    "update jobs set state = 'dead', last_error = $3 where id = $1 and leased_until = $2";
const REQUEUE: &str =
    "update jobs set state = 'queued', run_at = $3, leased_until = 0, attempts = 0
    where tenant_id = $1 and unique_key = $2 and (state = 'dead' or leased_until < $3)";
// Only where a tenant has a mail server of its own: where none has, no row is looked at.
const CLAIM_FOR_OWN_SERVERS: &str = "update jobs set leased_until = $1, attempts = attempts + 1
    where id = (select id from jobs where state = 'queued' and kind = $3 and run_at <= $2
                  and leased_until < $2 and exists (select 1 from mail_servers)
                  and tenant_id in (select tenant_id from mail_servers)
                order by run_at, id limit 1)
      and state = 'queued' and leased_until < $2
    returning id, tenant_id, kind, payload, attempts, leased_until";
const WAKE: &str = "update jobs set run_at = $3, attempts = 0
    where tenant_id = $1 and kind = $2 and state = 'queued' and run_at > $3";
pub(crate) const NEXT_DUE_FOR_OWN_SERVERS: &str =
    "select min(run_at) from jobs where state = 'queued' and kind = $1
      and exists (select 1 from mail_servers) and tenant_id in (select tenant_id from mail_servers)";
pub(crate) const NEXT_DUE: &str =
    "select min(run_at) from jobs where state = 'queued' and kind = $1";
const COUNT_WAITING: &str = "select count(*) from jobs where state = 'queued'";

/// Adds a job; false where its unique key is taken.
pub async fn insert(tx: &mut Tx, job: &NewJob<'_>) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(INSERT).bind(job.id.get()).bind(job.tenant_id.get()).bind(job.kind)
        .bind(job.unique_key).bind(job.payload).bind(job.run_at).bind(job.now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Adds a job whose unique key is new.
pub fn add(tx: &mut Tx, job: &NewJob<'_>) {
    tx.keep(
        Write::one(INSERT)
            .bind(job.id.get())
            .bind(job.tenant_id.get())
            .bind(job.kind)
            .bind(job.unique_key)
            .bind(job.payload)
            .bind(job.run_at)
            .bind(job.now),
    );
}

/// Takes the next job of a kind that is due, until `lease_until`; nobody else gets it before then.
pub async fn claim(tx: &mut Tx, now: i64, lease_until: i64, kind: &str) -> Result<Option<Job>> {
    Ok(
        on!(tx, c => sqlx::query_as(CLAIM).bind(lease_until).bind(now).bind(kind)
        .fetch_optional(c).await?),
    )
}

/// The same among the tenants that have a mail server of their own.
pub async fn claim_for_own_servers(
    tx: &mut Tx,
    now: i64,
    lease_until: i64,
    kind: &str,
) -> Result<Option<Job>> {
    Ok(
        on!(tx, c => sqlx::query_as(CLAIM_FOR_OWN_SERVERS).bind(lease_until).bind(now).bind(kind)
        .fetch_optional(c).await?),
    )
}

/// Ends a claimed job; false where the lease was lost.
pub async fn finish(tx: &mut Tx, job: &Job) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(FINISH).bind(job.id.get()).bind(job.leased_until).execute(c).await?
        .rows_affected() == 1),
    )
}

/// Puts a claimed job off until `run_at`.
pub async fn retry(tx: &mut Tx, job: &Job, again: (i64, &str)) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(RETRY).bind(job.id.get()).bind(job.leased_until).bind(again.0)
        .bind(again.1).execute(c).await?.rows_affected() == 1),
    )
}

/// Gives a claimed job up; it stays to be looked at.
pub async fn bury(tx: &mut Tx, job: &Job, error: &str) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(BURY).bind(job.id.get()).bind(job.leased_until).bind(error)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Starts a job anew that waits or was given up; false where there is none, or a worker has it at `now`.
pub async fn requeue(tx: &mut Tx, tenant: TenantId, unique_key: &str, now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(REQUEUE).bind(tenant.get()).bind(unique_key).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Makes a tenant's jobs of a kind due that were put off, as if they were new.
pub async fn wake(tx: &mut Tx, tenant: TenantId, kind: &str, now: i64) -> Result<()> {
    on!(tx, c => sqlx::query(WAKE).bind(tenant.get()).bind(kind).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// When the next job of a kind is due, Unix milliseconds.
pub async fn next_due(conn: &mut Conn, kind: &str) -> Result<Option<i64>> {
    Ok(on!(conn, c => sqlx::query_scalar(NEXT_DUE).bind(kind).fetch_one(c).await?))
}

/// The same among the tenants that have a mail server of their own.
pub async fn next_due_for_own_servers(conn: &mut Conn, kind: &str) -> Result<Option<i64>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(NEXT_DUE_FOR_OWN_SERVERS).bind(kind)
        .fetch_one(c).await?),
    )
}

/// How many jobs wait.
pub async fn count_waiting(conn: &mut Conn) -> Result<i64> {
    Ok(on!(conn, c => sqlx::query_scalar(COUNT_WAITING).fetch_one(c).await?))
}
