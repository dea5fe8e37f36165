//! The change log: every action writes one row in its transaction, and nobody else logs.

use domain::ids::TenantId;
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::news::Topic;
use crate::write::Write;

/// What is written about an action.
pub struct NewChange<'a> {
    /// Tenant.
    pub tenant_id: TenantId,
    /// Test or live; false where the subject has no mode.
    pub livemode: bool,
    /// `person`, `token`, `stripe` or `system`.
    pub actor_kind: &'a str,
    /// Id of the actor, or empty.
    pub actor_id: &'a str,
    /// Name of the actor for reading.
    pub actor_name: &'a str,
    /// What kind of thing changed, for example `license`.
    pub subject_kind: &'a str,
    /// Its id.
    pub subject_id: &'a str,
    /// What happened, past tense, for example `issued`.
    pub verb: &'a str,
    /// JSON without secrets.
    pub data: &'a str,
    /// The device that was part of it, folded.
    pub hardware_key: Option<&'a str>,
    /// Unix milliseconds.
    pub at: i64,
}

/// A row of the change log.
#[derive(Debug, Clone, FromRow)]
pub struct Change {
    /// Grows; readers keep it as their cursor.
    pub id: i64,
    /// Test or live.
    pub livemode: bool,
    /// `person`, `token`, `stripe` or `system`.
    pub actor_kind: String,
    /// Id of the actor, or empty.
    pub actor_id: String,
    /// Name of the actor.
    pub actor_name: String,
    /// What kind of thing changed.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: String,
    /// What happened.
    pub verb: String,
    /// JSON without secrets.
    pub data: String,
    /// Unix milliseconds.
    pub at: i64,
}

const INSERT: &str = "insert into changes (tenant_id, livemode, actor_kind, actor_id, actor_name,
        subject_kind, subject_id, verb, data, hardware_key, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const INSERT_FIRST: &str =
    "insert into changes (tenant_id, livemode, actor_kind, actor_id, actor_name,
        subject_kind, subject_id, verb, data, hardware_key, at)
    select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
    where not exists (select 1 from changes where tenant_id = $1 and hardware_key = $10
        and subject_kind || '' = $6 and subject_id || '' = $7 and verb = $8 and data = $9)";
const LIST: &str =
    "select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id, verb,
        data, at
    from changes where tenant_id = $1 and id < $2 order by id desc limit $3";
const BY_SUBJECT: &str = "select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id,
        verb, data, at
    from changes where tenant_id = $1 and subject_kind = $2 and subject_id = $3 order by id desc limit $4";
// Sign-ins apart: there are so many that they would hide the rest. Asked for are kinds of which there are few: what is
// found by kind is sorted then, where `order by id` alone makes SQLite walk all of the tenant's changes for them.
pub(crate) const BY_KIND: &str =
    "select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id,
        verb, data, at
    from changes where tenant_id = $1 and subject_kind = $2
        and verb not in ('signed_in', 'signed_out', 'signed_out_everywhere', 'session_ended')
    order by id + 0 desc limit $3";
const BY_DEVICE: &str =
    "select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id,
        verb, data, at
    from changes where tenant_id = $1 and hardware_key = $2 order by id desc limit $3 offset $4";
const BY_DEVICE_BEFORE: &str =
    "select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id,
        verb, data, at
    from changes where tenant_id = $1 and hardware_key = $2 and id < $3 order by id desc limit $4";
const COUNT_BY_DEVICE: &str = "select count(*) from (select id from changes
    where tenant_id = $1 and hardware_key = $2 limit $3) as found";

/// Adds a row.
pub fn insert(tx: &mut Tx, change: &NewChange<'_>) {
    tx.tell(Topic::Changes, change.tenant_id);
    tx.keep(bound(Write::one(INSERT), change));
}

/// Adds a row about a device, unless there is one that says the same.
pub fn insert_first(tx: &mut Tx, change: &NewChange<'_>) {
    tx.tell(Topic::Changes, change.tenant_id);
    tx.keep(bound(Write::any(INSERT_FIRST), change));
}

fn bound(write: Write, ch: &NewChange<'_>) -> Write {
    write
        .bind(ch.tenant_id.get())
        .bind(ch.livemode)
        .bind(ch.actor_kind)
        .bind(ch.actor_id)
        .bind(ch.actor_name)
        .bind(ch.subject_kind)
        .bind(ch.subject_id)
        .bind(ch.verb)
        .bind(ch.data)
        .bind(&ch.hardware_key.map(str::to_owned))
        .bind(ch.at)
}

/// The tenant's changes before a cursor, newest first.
pub async fn list(conn: &mut Conn, tenant: TenantId, page: (i64, i64)) -> Result<Vec<Change>> {
    Ok(
        on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).bind(page.0).bind(page.1)
        .fetch_all(c).await?),
    )
}

/// What happened to one thing, newest first.
pub async fn list_by_subject(
    conn: &mut Conn,
    tenant: TenantId,
    subject: (&str, &str),
    limit: i64,
) -> Result<Vec<Change>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_SUBJECT).bind(tenant.get()).bind(subject.0).bind(subject.1)
        .bind(limit).fetch_all(c).await?),
    )
}

/// What happened to all things of a kind, newest first; not who signed in and out.
pub async fn list_by_kind(
    conn: &mut Conn,
    tenant: TenantId,
    kind: &str,
    limit: i64,
) -> Result<Vec<Change>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_KIND).bind(tenant.get()).bind(kind).bind(limit)
        .fetch_all(c).await?),
    )
}

/// What a device was part of, newest first: so many rows after so many.
pub async fn list_by_device(
    conn: &mut Conn,
    tenant: TenantId,
    hardware_key: &str,
    (limit, offset): (i64, i64),
) -> Result<Vec<Change>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_DEVICE).bind(tenant.get()).bind(hardware_key).bind(limit)
        .bind(offset).fetch_all(c).await?),
    )
}

/// What a device was part of before a cursor, newest first.
pub async fn list_by_device_before(
    conn: &mut Conn,
    tenant: TenantId,
    hardware_key: &str,
    (before, limit): (i64, i64),
) -> Result<Vec<Change>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_DEVICE_BEFORE).bind(tenant.get()).bind(hardware_key).bind(before)
        .bind(limit).fetch_all(c).await?),
    )
}

/// How many changes a device was part of, counted up to `most`.
pub async fn count_by_device(
    conn: &mut Conn,
    tenant: TenantId,
    hardware_key: &str,
    most: i64,
) -> Result<i64> {
    Ok(
        on!(conn, c => sqlx::query_scalar(COUNT_BY_DEVICE).bind(tenant.get()).bind(hardware_key).bind(most)
        .fetch_one(c).await?),
    )
}
