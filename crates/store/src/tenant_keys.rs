//! A tenant's keys (wrapped by the master key) and its data keys (wrapped by the active tenant key).

use domain::ids::{DataKeyId, TenantId, TenantKeyId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// A tenant key's row.
#[derive(Clone, FromRow)]
pub struct TenantKey {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: TenantKeyId,
    /// Counts from 1.
    pub version: i32,
    /// `active` or `retired`.
    pub state: String,
    /// The key under the master key.
    pub key_wrapped: Vec<u8>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds, once another key took over.
    pub retired_at: Option<i64>,
}

/// A data key with the tenant key that wraps it.
#[derive(Clone, FromRow)]
pub struct DataKey {
    /// Id; stands in every sealed value's associated data.
    #[sqlx(try_from = "Uuid")]
    pub id: DataKeyId,
    /// `secrets`, `license_keys` or `license_index`.
    pub purpose: String,
    /// The data key under the tenant key.
    pub key_wrapped: Vec<u8>,
    /// The tenant key that wraps it.
    #[sqlx(try_from = "Uuid")]
    pub tenant_key_id: TenantKeyId,
    /// That tenant key under the master key.
    pub tenant_key_wrapped: Vec<u8>,
}

const INSERT: &str = "insert into tenant_keys
    (id, tenant_id, version, state, key_wrapped, created_at) values ($1, $2, $3, 'active', $4, $5)";
const RETIRE_ACTIVE: &str = "update tenant_keys set state = 'retired', retired_at = $2
    where tenant_id = $1 and state = 'active'";
const LIST: &str = "select id, version, state, key_wrapped, created_at, retired_at
    from tenant_keys where tenant_id = $1 order by version desc";
const REWRAP: &str = "update tenant_keys set key_wrapped = $3 where tenant_id = $1 and id = $2";
const INSERT_DATA_KEY: &str = "insert into data_keys
    (id, tenant_id, purpose, tenant_key_id, key_wrapped, created_at) values ($1, $2, $3, $4, $5, $6)";
const DATA_KEYS: &str = "select d.id, d.purpose, d.key_wrapped, d.tenant_key_id,
        t.key_wrapped as tenant_key_wrapped
    from data_keys d join tenant_keys t on t.id = d.tenant_key_id and t.tenant_id = d.tenant_id
    where d.tenant_id = $1";
const REWRAP_DATA_KEY: &str = "update data_keys set tenant_key_id = $3, key_wrapped = $4
    where tenant_id = $1 and id = $2";

/// What a new tenant key needs besides its tenant.
pub struct NewTenantKey<'a> {
    /// Id, made by the caller: it is part of the wrapping's associated data.
    pub id: TenantKeyId,
    /// One more than the newest.
    pub version: i32,
    /// The key under the master key.
    pub key_wrapped: &'a [u8],
    /// Unix milliseconds.
    pub created_at: i64,
}

/// Adds a tenant key as the active one; the former must have been retired in the same transaction.
pub async fn insert(tx: &mut Tx, tenant: TenantId, key: &NewTenantKey<'_>) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(key.id.get()).bind(tenant.get()).bind(key.version)
        .bind(key.key_wrapped).bind(key.created_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Retires the active tenant key, if there is one.
pub async fn retire_active(tx: &mut Tx, tenant: TenantId, now: i64) -> Result<()> {
    on!(tx, c => sqlx::query(RETIRE_ACTIVE).bind(tenant.get()).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// All keys of a tenant, newest first.
pub async fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<TenantKey>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).fetch_all(c).await?))
}

/// Replaces a tenant key's wrapping, when the master key is rotated.
pub async fn rewrap(tx: &mut Tx, tenant: TenantId, id: TenantKeyId, wrapped: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(REWRAP).bind(tenant.get()).bind(id.get()).bind(wrapped)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// What a new data key needs besides its tenant.
pub struct NewDataKey<'a> {
    /// Id, made by the caller.
    pub id: DataKeyId,
    /// `secrets`, `license_keys` or `license_index`.
    pub purpose: &'a str,
    /// The tenant key that wraps it.
    pub tenant_key_id: TenantKeyId,
    /// The data key under that tenant key.
    pub key_wrapped: &'a [u8],
    /// Unix milliseconds.
    pub created_at: i64,
}

/// Adds a data key.
pub async fn insert_data_key(tx: &mut Tx, tenant: TenantId, key: &NewDataKey<'_>) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT_DATA_KEY).bind(key.id.get()).bind(tenant.get()).bind(key.purpose)
        .bind(key.tenant_key_id.get()).bind(key.key_wrapped).bind(key.created_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The tenant's data keys, each with what unwraps it.
pub async fn data_keys(conn: &mut Conn, tenant: TenantId) -> Result<Vec<DataKey>> {
    Ok(on!(conn, c => sqlx::query_as(DATA_KEYS).bind(tenant.get()).fetch_all(c).await?))
}

/// Puts a data key under another tenant key.
pub async fn rewrap_data_key(
    tx: &mut Tx,
    tenant: TenantId,
    id: DataKeyId,
    under: (TenantKeyId, &[u8]),
) -> Result<()> {
    on!(tx, c => sqlx::query(REWRAP_DATA_KEY).bind(tenant.get()).bind(id.get())
        .bind(under.0.get()).bind(under.1).execute(c).await.map(drop))?;
    Ok(())
}
