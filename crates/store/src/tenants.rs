//! Tenants: who sells. Settings are JSON, read by the engine.

use domain::ids::TenantId;
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// A tenant's row.
#[derive(Debug, Clone, FromRow)]
pub struct Tenant {
    /// Id, also seen by client programs.
    #[sqlx(try_from = "i32")]
    pub id: TenantId,
    /// Name as typed.
    pub name: String,
    /// Settings as JSON text.
    pub settings: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

const INSERT: &str =
    "insert into tenants (name, settings, created_at) values ($1, $2, $3) returning id";
const FIND: &str = "select id, name, settings, created_at from tenants where id = $1";
const IDS: &str = "select id from tenants order by id";
const LIST: &str = "select id, name, settings, created_at from tenants order by id limit 1000";
// Writing the row's own name locks it on both databases until the transaction ends.
const LOCK: &str = "update tenants set name = name where id = $1
    returning id, name, settings, created_at";
const UPDATE: &str = "update tenants set name = $2, settings = $3 where id = $1";

/// Adds a tenant and answers its id.
pub async fn insert(tx: &mut Tx, name: &str, now: i64) -> Result<TenantId> {
    let id: i32 = on!(tx, c => sqlx::query_scalar(INSERT).bind(name).bind("{}").bind(now).fetch_one(c).await?);
    Ok(TenantId::from(id))
}

/// One tenant, if it is there.
pub async fn find(conn: &mut Conn, id: TenantId) -> Result<Option<Tenant>> {
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(id.get()).fetch_optional(c).await?))
}

/// The tenant, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>> {
    Ok(on!(tx, c => sqlx::query_as(LOCK).bind(id.get()).fetch_optional(c).await?))
}

/// The ids of all tenants without a limit, for what must miss none.
pub async fn ids(conn: &mut Conn) -> Result<Vec<TenantId>> {
    let ids: Vec<i32> = on!(conn, c => sqlx::query_scalar(IDS).fetch_all(c).await?);
    Ok(ids.into_iter().map(TenantId::from).collect())
}

/// All tenants, oldest first, at most 1,000.
pub async fn list(conn: &mut Conn) -> Result<Vec<Tenant>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).fetch_all(c).await?))
}

/// Replaces name and settings of a tenant.
pub async fn update(tx: &mut Tx, id: TenantId, to: (&str, &str)) -> Result<()> {
    let (name, settings) = to;
    on!(tx, c => sqlx::query(UPDATE).bind(id.get()).bind(name).bind(settings).execute(c).await.map(drop))?;
    Ok(())
}
