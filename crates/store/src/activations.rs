//! Activations: which devices have a seat of a licence, and which gave theirs back.

use domain::ids::{LicenseId, TenantId};
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A device that takes a seat.
pub struct NewActivation<'a> {
    /// Id of its row.
    pub id: Uuid,
    /// The licence.
    pub license_id: LicenseId,
    /// The device, folded.
    pub hardware_key: &'a str,
    /// The program's version, or blank.
    pub version: &'a str,
    /// The address that it came from.
    pub address: &'a str,
    /// What the program said who uses it, or blank.
    pub email: &'a str,
    /// Unix milliseconds.
    pub at: i64,
}

const INSERT: &str =
    "insert into activations (id, tenant_id, license_id, hardware_key, version, address,
        email, activated_at, livemode)
    values ($1, $2, $3, $4, $5, $6, $7, $8, (select livemode from licenses where tenant_id = $2 and id = $3))
    on conflict (license_id, hardware_key) where deactivated_at is null do nothing";
// The one conditional update that takes a seat: who comes last finds none, nor does who was judged before
// the licence was held back.
const TAKE_SEAT: &str = "update licenses set seats_used = seats_used + 1, hardware_key = $3,
        activated_at = $4, version = $5, updated_at = $4,
        email = case when email = '' then $6 else email end,
        email_key = case when email = '' then $7 else email_key end
    where tenant_id = $1 and id = $2 and seats_used < coalesce(max_seats, 1)
        and state not in ('suspended', 'revoked')";
const FREE_SEAT: &str = "update licenses set seats_used = seats_used - 1, updated_at = $4,
        activated_at = case when hardware_key = $3 then null else activated_at end,
        version = case when hardware_key = $3 then null else version end,
        hardware_key = case when hardware_key = $3 then null else hardware_key end
    where tenant_id = $1 and id = $2 and seats_used > 0";
const END: &str = "update activations set deactivated_at = $4
    where tenant_id = $1 and license_id = $2 and hardware_key = $3 and deactivated_at is null";
const LAST_OF_DEVICE: &str = "select deactivated_at from activations
    where tenant_id = $1 and license_id = $2 and hardware_key = $3
    order by case when deactivated_at is null then 0 else 1 end, activated_at desc limit 1";
const ACTIVE: &str = "select activated_at, version from activations
    where tenant_id = $1 and license_id = $2 and hardware_key = $3 and deactivated_at is null";
pub(crate) const ANY_ACTIVE: &str = "select hardware_key from activations
    where tenant_id = $1 and deactivated_at is null limit 1";
const LAST_END: &str =
    "select max(deactivated_at) from activations where tenant_id = $1 and license_id = $2";

/// Takes a seat of the licence, and locks it. Where none is left, or the licence is held back, the
/// transaction fails with [`crate::StoreError::Overtaken`]; of two devices that race for the last one, one wins. The device's
/// address (as typed, and folded) becomes the licence's where that has none.
pub fn take_seat(tx: &mut Tx, tenant: TenantId, a: &NewActivation<'_>, email_key: &str) {
    let version = Some(a.version.to_owned()).filter(|version| !version.is_empty());
    tx.keep(
        Write::one(TAKE_SEAT)
            .bind(tenant.get())
            .bind(a.license_id.get())
            .bind(a.hardware_key)
            .bind(a.at)
            .bind(&version)
            .bind(a.email)
            .bind(email_key),
    );
}

/// Frees the seat of a device at `now`.
pub fn free_seat(tx: &mut Tx, tenant: TenantId, of: (LicenseId, &str), now: i64) {
    tx.keep(
        Write::one(FREE_SEAT)
            .bind(tenant.get())
            .bind(of.0.get())
            .bind(of.1)
            .bind(now),
    );
}

/// Notes that a device has a seat. Where it has one already the transaction fails with
/// [`crate::StoreError::Overtaken`]; the seat itself is taken by [`take_seat`].
pub fn insert(tx: &mut Tx, tenant: TenantId, a: &NewActivation<'_>) {
    tx.keep(
        Write::one(INSERT)
            .bind(a.id)
            .bind(tenant.get())
            .bind(a.license_id.get())
            .bind(a.hardware_key)
            .bind(a.version)
            .bind(a.address)
            .bind(a.email)
            .bind(a.at),
    );
}

/// Ends a device's activation at `now`; where it has none, the transaction fails with
/// [`crate::StoreError::Overtaken`].
pub fn end(tx: &mut Tx, tenant: TenantId, of: (LicenseId, &str), now: i64) {
    tx.keep(
        Write::one(END)
            .bind(tenant.get())
            .bind(of.0.get())
            .bind(of.1)
            .bind(now),
    );
}

/// When this device gave the licence back last (Unix milliseconds): `Some(None)` while it has its
/// seat, `None` where it never had one.
pub async fn find_end(
    conn: &mut Conn,
    tenant: TenantId,
    of: (LicenseId, &str),
) -> Result<Option<Option<i64>>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(LAST_OF_DEVICE).bind(tenant.get()).bind(of.0.get()).bind(of.1)
        .fetch_optional(c).await?),
    )
}

/// When this device took the seat that it has (Unix milliseconds), and the version that its program said
/// then, or blank; `None` where it has none.
pub async fn find_active(
    conn: &mut Conn,
    tenant: TenantId,
    of: (LicenseId, &str),
) -> Result<Option<(i64, String)>> {
    Ok(
        on!(conn, c => sqlx::query_as(ACTIVE).bind(tenant.get()).bind(of.0.get()).bind(of.1)
        .fetch_optional(c).await?),
    )
}

/// Whether any device of the tenant's customers has a seat.
pub async fn is_any_active(conn: &mut Conn, tenant: TenantId) -> Result<bool> {
    let any: Option<String> = on!(conn, c => sqlx::query_scalar(ANY_ACTIVE).bind(tenant.get())
        .fetch_optional(c).await?);
    Ok(any.is_some())
}

/// When any device gave the licence back last, Unix milliseconds.
pub async fn last_end(
    conn: &mut Conn,
    tenant: TenantId,
    license: LicenseId,
) -> Result<Option<i64>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(LAST_END).bind(tenant.get()).bind(license.get())
        .fetch_one(c).await?),
    )
}
