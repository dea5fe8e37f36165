//! Devices: what is remembered of a device and a product for ever. The first contact is written once, the end
//! of the trial changes by hand alone; when, where and how often it was seen is written behind.

use domain::ids::{ProductId, TenantId};
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A device's row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Device {
    /// Product.
    #[sqlx(try_from = "i32")]
    pub product_id: ProductId,
    /// The device, folded.
    pub hardware_key: String,
    /// Unix milliseconds; never written again.
    pub first_seen_at: i64,
    /// Unix milliseconds; only people write it again.
    pub trial_ends_at: i64,
    /// When a key of the product was first activated on it.
    pub ever_activated_at: Option<i64>,
    /// Unix milliseconds.
    pub last_seen_at: i64,
    /// The address that it was last seen from.
    pub address: String,
    /// The program's version when it was last said, or blank.
    pub version: String,
    /// In how many minutes it was heard of.
    pub contacts: i64,
}

/// A device that was seen since the last flush.
pub struct Sighting<'a> {
    /// Product.
    pub product_id: ProductId,
    /// The device, folded.
    pub hardware_key: &'a str,
    /// Unix milliseconds.
    pub at: i64,
    /// The address that it was seen from.
    pub address: &'a str,
    /// The program's version, or blank where it said none.
    pub version: &'a str,
    /// How often.
    pub contacts: i64,
}

macro_rules! columns {
    () => {
        "product_id, hardware_key, first_seen_at, trial_ends_at, ever_activated_at, last_seen_at, address,
        version, contacts"
    };
}

const FIND: &str = concat!(
    "select ",
    columns!(),
    " from devices where tenant_id = $1 and product_id = $2 and hardware_key = $3"
);
// Writing the row's own key answers the row that was first.
const MEET: &str = concat!(
    "insert into devices (tenant_id, ",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (tenant_id, product_id, hardware_key) do update set hardware_key = excluded.hardware_key
    returning ",
    columns!()
);
const ACTIVATED: &str = concat!(
    "insert into devices (tenant_id, ",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (tenant_id, product_id, hardware_key) do update set
        ever_activated_at = coalesce(devices.ever_activated_at, excluded.ever_activated_at),
        last_seen_at = excluded.last_seen_at, address = excluded.address,
        version = case when excluded.version = '' then devices.version else excluded.version end,
        contacts = devices.contacts + 1"
);
// Who was activated meanwhile has no trial any more.
const SET_TRIAL_END: &str = "update devices set trial_ends_at = $4
    where tenant_id = $1 and product_id = $2 and hardware_key = $3 and ever_activated_at is null";
const SEEN: &str = "update devices set
        last_seen_at = case when last_seen_at < $4 then $4 else last_seen_at end,
        address = case when last_seen_at <= $4 then $5 else address end,
        version = case when last_seen_at <= $4 and $6 <> '' then $6 else version end,
        contacts = contacts + $7
    where tenant_id = $1 and product_id = $2 and hardware_key = $3";

/// What is remembered of a device and a product.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    of: (ProductId, &str),
) -> Result<Option<Device>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(of.0.get()).bind(of.1)
        .fetch_optional(c).await?),
    )
}

/// Remembers a first contact, and answers what is remembered: of many at once, one is the first.
pub async fn meet(tx: &mut Tx, tenant: TenantId, d: &Device) -> Result<Device> {
    Ok(
        on!(tx, c => sqlx::query_as(MEET).bind(tenant.get()).bind(d.product_id.get())
        .bind(&d.hardware_key).bind(d.first_seen_at).bind(d.trial_ends_at).bind(d.ever_activated_at)
        .bind(d.last_seen_at).bind(&d.address).bind(&d.version).bind(d.contacts)
        .fetch_one(c).await?),
    )
}

/// Remembers that a key was activated on the device; its first contact stays what it was.
pub fn note_activated(tx: &mut Tx, tenant: TenantId, d: &Device) {
    tx.keep(
        Write::any(ACTIVATED)
            .bind(tenant.get())
            .bind(d.product_id.get())
            .bind(&d.hardware_key)
            .bind(d.first_seen_at)
            .bind(d.trial_ends_at)
            .bind(d.ever_activated_at)
            .bind(d.last_seen_at)
            .bind(&d.address)
            .bind(&d.version)
            .bind(d.contacts),
    );
}

/// Gives a device's trial another end; a device that was ever activated makes the transaction fail with
/// [`crate::StoreError::Overtaken`].
pub fn set_trial_end(tx: &mut Tx, tenant: TenantId, of: (ProductId, &str), ends_at: i64) {
    tx.keep(
        Write::one(SET_TRIAL_END)
            .bind(tenant.get())
            .bind(of.0.get())
            .bind(of.1)
            .bind(ends_at),
    );
}

/// Writes down that a known device was seen; an unknown one stays unknown, and what was seen later stays.
pub fn note_seen(tx: &mut Tx, tenant: TenantId, s: &Sighting<'_>) {
    tx.keep(
        Write::any(SEEN)
            .bind(tenant.get())
            .bind(s.product_id.get())
            .bind(s.hardware_key)
            .bind(s.at)
            .bind(s.address)
            .bind(s.version)
            .bind(s.contacts),
    );
}
