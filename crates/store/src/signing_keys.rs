//! RSA pairs that sign a tenant's offline codes: one active, former ones kept to verify with.

use domain::ids::TenantId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A signing key's row.
#[derive(Clone, FromRow)]
pub struct SigningKey {
    /// Id.
    pub id: Uuid,
    /// Counted from 1.
    pub version: i32,
    /// `active` or `retired`.
    pub state: String,
    /// The public half: `SubjectPublicKeyInfo` in DER.
    pub public_der: Vec<u8>,
    /// The private half, sealed.
    pub private_sealed: Vec<u8>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub retired_at: Option<i64>,
}

const INSERT: &str =
    "insert into signing_keys (id, tenant_id, version, state, public_der, private_sealed,
        created_at)
    values ($1, $2, $3, 'active', $4, $5, $6)";
const RETIRE: &str = "update signing_keys set state = 'retired', retired_at = $2
    where tenant_id = $1 and state = 'active'";
const LIST: &str = "select id, version, state, public_der, private_sealed, created_at, retired_at
    from signing_keys where tenant_id = $1 order by version desc";

/// Adds the active key; retire the former one first.
pub fn insert(tx: &mut Tx, tenant: TenantId, key: &SigningKey) {
    tx.keep(
        Write::one(INSERT)
            .bind(key.id)
            .bind(tenant.get())
            .bind(key.version)
            .bind(&key.public_der)
            .bind(&key.private_sealed)
            .bind(key.created_at),
    );
}

/// Retires the active key at `now`, where there is one.
pub fn retire_active(tx: &mut Tx, tenant: TenantId, now: i64) {
    tx.keep(Write::any(RETIRE).bind(tenant.get()).bind(now));
}

/// All of them, newest first.
pub async fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<SigningKey>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).fetch_all(c).await?))
}
