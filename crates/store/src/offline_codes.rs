//! Offline codes that were made: sealed, and found again by a keyed hash of what was signed.

use domain::ids::{LicenseId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// An offline code's row.
#[derive(Clone, FromRow)]
pub struct OfflineCode {
    /// Id.
    pub id: Uuid,
    /// The licence that it stands for.
    #[sqlx(try_from = "Uuid")]
    pub license_id: LicenseId,
    /// The device that it is for, folded.
    pub hardware_key: String,
    /// Keyed hash of what was signed.
    pub code_index: Vec<u8>,
    /// The code, sealed.
    pub code_sealed: Vec<u8>,
    /// The end that it says, Unix milliseconds.
    pub expires_at: i64,
    /// Unix milliseconds.
    pub created_at: i64,
}

const INSERT: &str =
    "insert into offline_codes (id, tenant_id, license_id, hardware_key, code_index,
        code_sealed, expires_at, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
// Two licences of one holder may have the same code for a device. One that still is good stands for it,
// and of these one that the device has a seat of.
const FIND_LICENSE: &str =
    "select o.license_id from offline_codes o join licenses l on l.id = o.license_id
    left join activations a on a.license_id = o.license_id and a.hardware_key = o.hardware_key
        and a.deactivated_at is null
    where o.tenant_id = $1 and o.code_index = $2
    order by case when l.state = 'active' then 0 else 1 end, case when a.id is null then 1 else 0 end,
        o.created_at desc, o.id desc limit 1";
const NEWEST: &str =
    "select id, license_id, hardware_key, code_index, code_sealed, expires_at, created_at
    from offline_codes where tenant_id = $1 and license_id = $2
    order by created_at desc, id desc limit 1";

/// Keeps a code.
pub fn insert(tx: &mut Tx, tenant: TenantId, code: &OfflineCode) {
    tx.keep(
        Write::one(INSERT)
            .bind(code.id)
            .bind(tenant.get())
            .bind(code.license_id.get())
            .bind(&code.hardware_key)
            .bind(&code.code_index)
            .bind(&code.code_sealed)
            .bind(code.expires_at)
            .bind(code.created_at),
    );
}

/// The licence that a code stands for.
pub async fn find_license(
    conn: &mut Conn,
    tenant: TenantId,
    code_index: &[u8],
) -> Result<Option<LicenseId>> {
    let id: Option<Uuid> = on!(conn, c => sqlx::query_scalar(FIND_LICENSE).bind(tenant.get())
        .bind(code_index).fetch_optional(c).await?);
    Ok(id.map(LicenseId::from))
}

/// The newest code of a licence.
pub async fn newest(
    conn: &mut Conn,
    tenant: TenantId,
    license: LicenseId,
) -> Result<Option<OfflineCode>> {
    Ok(
        on!(conn, c => sqlx::query_as(NEWEST).bind(tenant.get()).bind(license.get())
        .fetch_optional(c).await?),
    )
}
