//! The devices of a licence: each by its last activation, with where and when it was last seen.

use domain::ids::{LicenseId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;

/// A device that has a seat of a licence, or had one.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct LicenseDevice {
    /// Id of its last activation.
    pub id: Uuid,
    /// The device, folded.
    pub hardware_key: String,
    /// When it last took its seat; Unix milliseconds.
    pub activated_at: i64,
    /// When it gave that back; absent while it has it.
    pub deactivated_at: Option<i64>,
    /// When it was last seen with the licence's product; Unix milliseconds.
    pub last_seen_at: i64,
    /// Where it came from then, or blank.
    pub address: String,
    /// The version that its program last said, or blank.
    pub version: String,
}

const LIST: &str = "select a.id, a.hardware_key, a.activated_at, a.deactivated_at,
        coalesce(d.last_seen_at, a.activated_at) as last_seen_at,
        coalesce(d.address, a.address) as address, coalesce(d.version, a.version) as version
    from activations a
    join licenses l on l.id = a.license_id and l.tenant_id = a.tenant_id
    left join devices d on d.tenant_id = a.tenant_id and d.product_id = l.product_id
        and d.hardware_key = a.hardware_key
    where a.tenant_id = $1 and a.license_id = $2
        and (a.activated_at < $3 or (a.activated_at = $3 and a.id < $4))
        and not exists (select 1 from activations b
            where b.license_id = a.license_id and b.hardware_key = a.hardware_key
                and (b.activated_at > a.activated_at
                    or (b.activated_at = a.activated_at and b.id > a.id)))
    order by a.activated_at desc, a.id desc limit $5";

/// The devices of a licence that come after a place in the list, the newest activation first.
pub async fn list(
    conn: &mut Conn,
    tenant: TenantId,
    license: LicenseId,
    (after, limit): (Option<(i64, Uuid)>, i64),
) -> Result<Vec<LicenseDevice>> {
    let (at, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    Ok(
        on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).bind(license.get()).bind(at).bind(id)
        .bind(limit).fetch_all(c).await?),
    )
}
