//! Access tokens of programs: the public half in clear, the secret half as a hash.

use domain::ids::{AccessTokenId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// An access token's row.
#[derive(Clone, FromRow)]
pub struct AccessToken {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: AccessTokenId,
    /// Whose it is.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// Name that an admin gave it.
    pub name: String,
    /// The half by which the row is found.
    pub public_id: String,
    /// SHA-256 of the secret half.
    pub secret_hash: Vec<u8>,
    /// Words joined by commas.
    pub permissions: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds; absent, it never expires.
    pub expires_at: Option<i64>,
    /// Unix milliseconds.
    pub revoked_at: Option<i64>,
    /// Unix milliseconds; at most once a minute.
    pub last_used_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, tenant_id, name, public_id, secret_hash, permissions, created_at, expires_at, revoked_at,
        last_used_at"
    };
}

const INSERT: &str = concat!(
    "insert into access_tokens (",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
);
const LIST: &str = concat!(
    "select ",
    columns!(),
    " from access_tokens where tenant_id = $1 order by created_at desc, id desc limit 1000"
);
const BY_PUBLIC_ID: &str = concat!(
    "select ",
    columns!(),
    " from access_tokens where public_id = $1"
);
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from access_tokens where tenant_id = $1 and id = $2"
);
const REVOKE: &str = "update access_tokens set revoked_at = $3
    where tenant_id = $1 and id = $2 and revoked_at is null";
const USED: &str = "update access_tokens set last_used_at = $3
    where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at < $3)";

/// Adds a token.
pub async fn insert(tx: &mut Tx, t: &AccessToken) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(t.id.get()).bind(t.tenant_id.get()).bind(&t.name)
        .bind(&t.public_id).bind(&t.secret_hash).bind(&t.permissions).bind(t.created_at)
        .bind(t.expires_at).bind(t.revoked_at).bind(t.last_used_at).execute(c).await.map(drop))?;
    Ok(())
}

/// The tenant's tokens, newest first, at most 1,000.
pub async fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<AccessToken>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).fetch_all(c).await?))
}

/// The token with this public half, whatever its state; this is how its tenant is found.
pub async fn find_by_public_id(conn: &mut Conn, public_id: &str) -> Result<Option<AccessToken>> {
    Ok(on!(conn, c => sqlx::query_as(BY_PUBLIC_ID).bind(public_id).fetch_optional(c).await?))
}

/// One token of the tenant, whatever its state.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    id: AccessTokenId,
) -> Result<Option<AccessToken>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// Revokes a token; false where there is none, or it was revoked before.
pub async fn revoke(tx: &mut Tx, tenant: TenantId, id: AccessTokenId, now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(REVOKE).bind(tenant.get()).bind(id.get()).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Notes when a token was last used; never moves back.
pub async fn note_used(tx: &mut Tx, tenant: TenantId, id: AccessTokenId, at: i64) -> Result<()> {
    on!(tx, c => sqlx::query(USED).bind(tenant.get()).bind(id.get()).bind(at)
        .execute(c).await.map(drop))?;
    Ok(())
}
