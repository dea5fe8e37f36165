//! Deliveries that nobody vouches for: kept to be looked at, bounded in number and age,
//! and never able to take an event's id.

use domain::ids::{StripeDeliveryId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::news::Topic;

/// A delivery's row.
#[derive(Clone, FromRow)]
pub struct StripeDelivery {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: StripeDeliveryId,
    /// Whom the URL names; nobody for the shared URL.
    pub tenant_id: Option<i32>,
    /// The app that the URL names.
    pub app_id: Option<Uuid>,
    /// What the body says its id is; proves nothing.
    pub claimed_event_id: String,
    /// What the body says its type is; proves nothing.
    pub claimed_type: String,
    /// `failed`, or `received` where the app's secret could not be read.
    pub status: String,
    /// Why it was refused.
    pub cause: String,
    /// The signature header as it came.
    pub signature: String,
    /// The body, sealed with the installation's key; absent above 64 KiB.
    pub body_sealed: Option<Vec<u8>>,
    /// Length of the body in bytes.
    pub body_bytes: i64,
    /// How often this claimed id came.
    pub receipts: i64,
    /// First receipt, Unix milliseconds.
    pub first_at: i64,
    /// Latest receipt, Unix milliseconds.
    pub last_at: i64,
}

// Signature and body stay those of the first receipt: they belong together, and so does its clock.
const RECORD: &str =
    "insert into stripe_deliveries (id, tenant_id, app_id, claimed_event_id, claimed_type,
        status, cause, signature, body_sealed, body_bytes, receipts, first_at, last_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (app_id, claimed_event_id) do update set receipts = stripe_deliveries.receipts + excluded.receipts,
        last_at = excluded.last_at";
const COUNT_SHARED: &str = "update stripe_deliveries set receipts = receipts + $3, last_at = $2
    where app_id is null and claimed_event_id = $1";
const PRUNE_OLD: &str = "delete from stripe_deliveries where last_at < $1";
const PRUNE_MANY: &str = "delete from stripe_deliveries where id in
    (select id from stripe_deliveries order by last_at desc, id desc limit 1000000 offset $1)";
const FIND: &str =
    "select id, tenant_id, app_id, claimed_event_id, claimed_type, status, cause, signature,
        body_sealed, body_bytes, receipts, first_at, last_at
    from stripe_deliveries where id = $2 and (tenant_id = $1 or tenant_id is null)";
const REMOVE: &str =
    "delete from stripe_deliveries where id = $2 and (tenant_id = $1 or tenant_id is null)";
const COUNT: &str = "select count(*) from stripe_deliveries";

/// Keeps a delivery, or counts up the row with the same claimed id at the same URL.
pub async fn record(tx: &mut Tx, d: &StripeDelivery) -> Result<()> {
    if let Some(tenant) = d.tenant_id {
        tx.tell(Topic::StripeEvents, TenantId::from(tenant));
    }
    if d.app_id.is_none() && count_shared(tx, d).await? {
        return Ok(());
    }
    on!(tx, c => sqlx::query(RECORD).bind(d.id.get()).bind(d.tenant_id).bind(d.app_id)
        .bind(&d.claimed_event_id).bind(&d.claimed_type).bind(&d.status).bind(&d.cause)
        .bind(&d.signature).bind(&d.body_sealed).bind(d.body_bytes).bind(d.receipts).bind(d.first_at)
        .bind(d.last_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Rows without an app never conflict in a unique index, so they are counted by hand.
async fn count_shared(tx: &mut Tx, d: &StripeDelivery) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(COUNT_SHARED).bind(&d.claimed_event_id).bind(d.last_at)
        .bind(d.receipts).execute(c).await?.rows_affected() > 0),
    )
}

/// Forgets what is older than `before` (Unix milliseconds) and all but the newest `keep`.
pub async fn prune(tx: &mut Tx, before: i64, keep: i64) -> Result<()> {
    on!(tx, c => sqlx::query(PRUNE_OLD).bind(before).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(PRUNE_MANY).bind(keep).execute(c).await.map(drop))?;
    Ok(())
}

/// One delivery that the tenant may see: its own, or one of the shared URL. Whether the caller may see
/// those is the engine's to decide.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    id: StripeDeliveryId,
) -> Result<Option<StripeDelivery>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// Forgets a delivery once its event is vouched for.
pub async fn remove(tx: &mut Tx, tenant: TenantId, id: StripeDeliveryId) -> Result<()> {
    on!(tx, c => sqlx::query(REMOVE).bind(tenant.get()).bind(id.get()).execute(c).await.map(drop))?;
    Ok(())
}

/// How many rows there are in the installation.
pub async fn count(conn: &mut Conn) -> Result<i64> {
    Ok(on!(conn, c => sqlx::query_scalar(COUNT).fetch_one(c).await?))
}
