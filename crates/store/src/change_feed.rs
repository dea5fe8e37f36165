//! The change log as it grows, for whoever watches: what kind of thing changed and how, never whose
//! hand, which thing, or what with.

use domain::ids::TenantId;
use sqlx::FromRow;

use crate::conn::{Conn, on};
use crate::error::Result;

/// As much of a row of the change log as travels to a browser.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ChangeSign {
    /// Grows; on PostgreSQL a lower one may be committed after a higher one.
    pub id: i64,
    /// Whose.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// Test or live; false where the subject has no mode.
    pub livemode: bool,
    /// What kind of thing changed, for example `license`.
    pub subject_kind: String,
    /// What happened, for example `issued`.
    pub verb: String,
}

const AFTER: &str = "select id, tenant_id, livemode, subject_kind, verb from changes
    where id > $1 order by id limit $2";
const OF_TENANT: &str = "select id, tenant_id, livemode, subject_kind, verb from changes
    where tenant_id = $1 and id > $2 order by id desc limit $3";
const LAST: &str = "select coalesce(max(id), 0) from changes";
const LAST_OF_TENANT: &str = "select coalesce(max(id), 0) from changes where tenant_id = $1";

/// Changes of all tenants after a cursor, oldest first: the watcher hands each to its tenant alone.
pub async fn after(conn: &mut Conn, cursor: i64, limit: i64) -> Result<Vec<ChangeSign>> {
    Ok(on!(conn, c => sqlx::query_as(AFTER).bind(cursor).bind(limit).fetch_all(c).await?))
}

/// The tenant's changes after a cursor, newest first.
pub async fn of_tenant(
    conn: &mut Conn,
    tenant: TenantId,
    (cursor, limit): (i64, i64),
) -> Result<Vec<ChangeSign>> {
    Ok(
        on!(conn, c => sqlx::query_as(OF_TENANT).bind(tenant.get()).bind(cursor).bind(limit)
        .fetch_all(c).await?),
    )
}

/// Where the log ends: the greatest id of all, 0 where it is empty.
pub async fn last(conn: &mut Conn) -> Result<i64> {
    Ok(on!(conn, c => sqlx::query_scalar(LAST).fetch_one(c).await?))
}

/// Where the tenant's part of the log ends; 0 where it is empty.
pub async fn last_of_tenant(conn: &mut Conn, tenant: TenantId) -> Result<i64> {
    Ok(on!(conn, c => sqlx::query_scalar(LAST_OF_TENANT).bind(tenant.get()).fetch_one(c).await?))
}
