//! Stripe apps: an account's keys and signing secrets, sealed.

use domain::ids::{StripeAppId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// A Stripe app's row.
#[derive(Clone, FromRow)]
pub struct StripeApp {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: StripeAppId,
    /// Tenant that the app belongs to.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// Random text in the webhook URL.
    pub public_id: String,
    /// Name as typed.
    pub name: String,
    /// `pk_…`; not a secret.
    pub publishable_key: String,
    /// `sk_…` or `rk_…`, sealed.
    pub secret_key_sealed: Option<Vec<u8>>,
    /// Its last four characters, or empty.
    pub secret_key_last_four: String,
    /// `whsec_…`, sealed.
    pub signing_secret_sealed: Option<Vec<u8>>,
    /// Its last four characters, or empty.
    pub signing_secret_last_four: String,
    /// Keyed fingerprint of the signing secret; unique in the installation.
    pub signing_secret_fingerprint: Option<Vec<u8>>,
    /// The signing secret before the last roll, sealed.
    pub previous_signing_secret_sealed: Option<Vec<u8>>,
    /// Until when the previous secret is accepted, Unix milliseconds.
    pub previous_signing_secret_until: Option<i64>,
    /// Its keyed fingerprint; as long as it is accepted, no other app may have it.
    pub previous_signing_secret_fingerprint: Option<Vec<u8>>,
    /// Live or test account.
    pub is_live: bool,
    /// Inactive apps verify nothing.
    pub is_active: bool,
    /// The one used where none is named; one per tenant and mode.
    pub is_default: bool,
    /// ISO code, upper case.
    pub default_currency: String,
    /// Counts every change; caches of secrets compare it.
    pub row_version: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: Option<i64>,
    /// Unix milliseconds; an archived app is gone for everybody but old events.
    pub archived_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, tenant_id, public_id, name, publishable_key, secret_key_sealed, secret_key_last_four,
        signing_secret_sealed, signing_secret_last_four, signing_secret_fingerprint,
        previous_signing_secret_sealed, previous_signing_secret_until,
        previous_signing_secret_fingerprint, is_live, is_active, is_default, default_currency,
        row_version, created_at, updated_at, archived_at"
    };
}

const INSERT: &str = concat!(
    "insert into stripe_apps (",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
);
const UPDATE: &str =
    "update stripe_apps set name = $3, publishable_key = $4, secret_key_sealed = $5,
        secret_key_last_four = $6, signing_secret_sealed = $7, signing_secret_last_four = $8,
        signing_secret_fingerprint = $9, previous_signing_secret_sealed = $10,
        previous_signing_secret_until = $11, previous_signing_secret_fingerprint = $12, is_live = $13,
        is_active = $14, is_default = $15, default_currency = $16, row_version = row_version + 1,
        updated_at = $17
    where tenant_id = $1 and id = $2 and row_version = $18 and archived_at is null";
const ARCHIVE: &str = "update stripe_apps set archived_at = $3, is_active = $4, is_default = $4,
        secret_key_sealed = null, signing_secret_sealed = null, signing_secret_fingerprint = null,
        previous_signing_secret_sealed = null, previous_signing_secret_fingerprint = null,
        row_version = row_version + 1
    where tenant_id = $1 and id = $2 and archived_at is null";
const CLEAR_DEFAULT: &str = "update stripe_apps set is_default = $3, row_version = row_version + 1
    where tenant_id = $1 and is_live = $2 and is_default and archived_at is null";
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from stripe_apps where tenant_id = $1 and id = $2"
);
const BY_PUBLIC_ID: &str = concat!(
    "select ",
    columns!(),
    " from stripe_apps where public_id = $1 and archived_at is null"
);
const ACTIVE: &str = concat!(
    "select ",
    columns!(),
    " from stripe_apps where is_active and archived_at is null and signing_secret_sealed is not null
    order by created_at, id"
);
const LIST: &str = concat!(
    "select ",
    columns!(),
    " from stripe_apps where tenant_id = $1 and archived_at is null order by created_at, id limit 1000"
);
const LIST_ARCHIVED: &str = concat!(
    "select ",
    columns!(),
    " from stripe_apps where tenant_id = $1 and archived_at is not null
    order by created_at desc, id desc limit 1000"
);
const FINGERPRINT_IN_USE: &str = "select count(*) from stripe_apps where id <> $2
    and (signing_secret_fingerprint = $1
        or (previous_signing_secret_fingerprint = $1 and previous_signing_secret_until >= $3))";

/// Adds an app.
pub async fn insert(tx: &mut Tx, app: &StripeApp) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(app.id.get()).bind(app.tenant_id.get()).bind(&app.public_id)
        .bind(&app.name).bind(&app.publishable_key).bind(&app.secret_key_sealed)
        .bind(&app.secret_key_last_four).bind(&app.signing_secret_sealed)
        .bind(&app.signing_secret_last_four).bind(&app.signing_secret_fingerprint)
        .bind(&app.previous_signing_secret_sealed).bind(app.previous_signing_secret_until)
        .bind(&app.previous_signing_secret_fingerprint).bind(app.is_live).bind(app.is_active).bind(app.is_default)
        .bind(&app.default_currency).bind(app.row_version).bind(app.created_at).bind(app.updated_at).bind(app.archived_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Writes an app as it now is; answers false where somebody else changed or archived it since
/// `app.row_version` was read.
pub async fn update(tx: &mut Tx, app: &StripeApp) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(UPDATE).bind(app.tenant_id.get()).bind(app.id.get()).bind(&app.name)
        .bind(&app.publishable_key).bind(&app.secret_key_sealed).bind(&app.secret_key_last_four)
        .bind(&app.signing_secret_sealed).bind(&app.signing_secret_last_four)
        .bind(&app.signing_secret_fingerprint).bind(&app.previous_signing_secret_sealed)
        .bind(app.previous_signing_secret_until).bind(&app.previous_signing_secret_fingerprint)
        .bind(app.is_live).bind(app.is_active)
        .bind(app.is_default).bind(&app.default_currency).bind(app.updated_at).bind(app.row_version)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Archives an app and forgets its secrets; false where there was none.
pub async fn archive(tx: &mut Tx, tenant: TenantId, id: StripeAppId, now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(ARCHIVE).bind(tenant.get()).bind(id.get()).bind(now).bind(false)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Takes the mark "default" from whichever app of that mode has it.
pub async fn clear_default(tx: &mut Tx, tenant: TenantId, is_live: bool) -> Result<()> {
    on!(tx, c => sqlx::query(CLEAR_DEFAULT).bind(tenant.get()).bind(is_live).bind(false)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// One app of the tenant, archived or not.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: StripeAppId) -> Result<Option<StripeApp>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// The app that a webhook URL names; this is how its tenant is found.
pub async fn find_by_public_id(conn: &mut Conn, public_id: &str) -> Result<Option<StripeApp>> {
    Ok(on!(conn, c => sqlx::query_as(BY_PUBLIC_ID).bind(public_id).fetch_optional(c).await?))
}

/// Every active app of the installation that has a signing secret: the shared webhook URL tries them all.
pub async fn list_active(conn: &mut Conn) -> Result<Vec<StripeApp>> {
    Ok(on!(conn, c => sqlx::query_as(ACTIVE).fetch_all(c).await?))
}

/// The tenant's apps, oldest first.
pub async fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<StripeApp>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).fetch_all(c).await?))
}

/// The tenant's archived apps, newest first, at most 1,000.
pub async fn list_archived(conn: &mut Conn, tenant: TenantId) -> Result<Vec<StripeApp>> {
    Ok(on!(conn, c => sqlx::query_as(LIST_ARCHIVED).bind(tenant.get()).fetch_all(c).await?))
}

/// True where another app of the installation has a signing secret with this fingerprint, or had it before
/// a roll and still accepts it (`now` in Unix milliseconds).
pub async fn fingerprint_in_use(
    conn: &mut Conn,
    fingerprint: &[u8],
    except: StripeAppId,
    now: i64,
) -> Result<bool> {
    let count: i64 = on!(conn, c => sqlx::query_scalar(FINGERPRINT_IN_USE).bind(fingerprint)
        .bind(except.get()).bind(now).fetch_one(c).await?);
    Ok(count > 0)
}
