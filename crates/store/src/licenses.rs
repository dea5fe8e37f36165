//! Licences. The key is sealed; it is found by a blind index or by its last four characters.

use domain::ids::{DataKeyId, LicenseId, OrderId, ProductId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A licence's row.
#[derive(Clone, FromRow)]
pub struct License {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: LicenseId,
    /// The order that it was bought with.
    pub order_id: Option<Uuid>,
    /// Place within the order, from 1.
    pub position: Option<i32>,
    /// Product.
    #[sqlx(try_from = "i32")]
    pub product_id: ProductId,
    /// Plan, where one was named.
    pub plan_id: Option<i32>,
    /// The data key that sealed the activation key.
    #[sqlx(try_from = "Uuid")]
    pub data_key_id: DataKeyId,
    /// The activation key, sealed.
    pub key_sealed: Vec<u8>,
    /// Keyed hash of the canonical key; unique in the tenant.
    pub key_index: Vec<u8>,
    /// Last four characters of the key, in clear.
    pub last_four: String,
    /// Holder's address as typed, or empty.
    pub email: String,
    /// The address folded.
    pub email_key: String,
    /// The end that a purchase or a person set, Unix milliseconds.
    pub manual_end: Option<i64>,
    /// Seats, where it is a multi-seat licence.
    pub max_seats: Option<i32>,
    /// Seats taken.
    pub seats_used: i32,
    /// JSON array of text.
    pub features: String,
    /// Holder's company.
    pub corporate_name: Option<String>,
    /// For admins only.
    pub note: Option<String>,
    /// Test or live.
    pub livemode: bool,
    /// Derived: `active`, `suspended`, `revoked` or `expired`.
    pub state: String,
    /// Derived, Unix milliseconds; perpetual is the end of 2049.
    pub expires_at: i64,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: Option<i64>,
    /// The device that was activated last, while it is.
    pub hardware_key: Option<String>,
    /// When it was, Unix milliseconds.
    pub activated_at: Option<i64>,
    /// The version that its program said, where it said one.
    pub version: Option<String>,
    /// Whether an offline code was made for it.
    pub is_offline: bool,
}

macro_rules! columns {
    () => {
        "id, order_id, position, product_id, plan_id, data_key_id, key_sealed, key_index, last_four, email,
        email_key, manual_end, max_seats, seats_used, features, corporate_name, note, livemode, state,
        expires_at, created_at, updated_at, hardware_key, activated_at, version, is_offline"
    };
}
pub(crate) use columns;

const INSERT: &str = concat!(
    "insert into licenses (tenant_id, ",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27) on conflict (tenant_id, key_index) do nothing"
);
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from licenses where tenant_id = $1 and id = $2"
);
const BY_INDEX: &str = concat!(
    "select ",
    columns!(),
    " from licenses where tenant_id = $1 and key_index = $2"
);
const BY_ORDER: &str = concat!(
    "select ",
    columns!(),
    " from licenses where tenant_id = $1 and order_id = $2 order by position"
);
// The sign keeps SQLite from walking an index of the whole tenant instead of the order's licences.
pub(crate) const SET_EMAIL: &str = "update licenses set email = $3, email_key = $4, updated_at = $5
    where +tenant_id = $1 and order_id = $2 and email = ''";
// Writing the row's own key locks it on both databases until the transaction ends.
const LOCK: &str = concat!(
    "update licenses set key_index = key_index where tenant_id = $1 and key_index = $2 returning ",
    columns!()
);
const LOCK_BY_ID: &str =
    "update licenses set key_index = key_index where tenant_id = $1 and id = $2";
const SET_STATE: &str =
    "update licenses set state = $3, manual_end = $4, expires_at = $5, updated_at = $6
    where tenant_id = $1 and id = $2";
const SET_FIELDS: &str =
    "update licenses set email = $3, email_key = $4, corporate_name = $5, max_seats = $6,
        features = $7, note = $8, updated_at = $9
    where tenant_id = $1 and id = $2";
const MARK_OFFLINE: &str =
    "update licenses set is_offline = true where tenant_id = $1 and id = $2 and not is_offline";

/// Adds a licence. A key that exists already makes the transaction fail with
/// [`crate::StoreError::Overtaken`], so that the caller draws again.
pub fn insert(tx: &mut Tx, tenant: TenantId, l: &License) {
    tx.keep(
        Write::one(INSERT)
            .bind(tenant.get())
            .bind(l.id.get())
            .bind(l.order_id)
            .bind(l.position)
            .bind(l.product_id.get())
            .bind(l.plan_id)
            .bind(l.data_key_id.get())
            .bind(&l.key_sealed)
            .bind(&l.key_index)
            .bind(&l.last_four)
            .bind(&l.email)
            .bind(&l.email_key)
            .bind(l.manual_end)
            .bind(l.max_seats)
            .bind(l.seats_used)
            .bind(&l.features)
            .bind(&l.corporate_name)
            .bind(&l.note)
            .bind(l.livemode)
            .bind(&l.state)
            .bind(l.expires_at)
            .bind(l.created_at)
            .bind(l.updated_at)
            .bind(&l.hardware_key)
            .bind(l.activated_at)
            .bind(&l.version)
            .bind(l.is_offline),
    );
}

/// One licence of the tenant.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: LicenseId) -> Result<Option<License>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// The licence with this key.
pub async fn find_by_index(
    conn: &mut Conn,
    tenant: TenantId,
    index: &[u8],
) -> Result<Option<License>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_INDEX).bind(tenant.get()).bind(index).fetch_optional(c).await?),
    )
}

/// The licence with this key, locked until the transaction ends.
pub async fn lock_by_index(tx: &mut Tx, tenant: TenantId, index: &[u8]) -> Result<Option<License>> {
    Ok(on!(tx, c => sqlx::query_as(LOCK).bind(tenant.get()).bind(index).fetch_optional(c).await?))
}

/// Locks a licence until the transaction ends. Whoever changes its activations has it locked.
pub fn lock(tx: &mut Tx, tenant: TenantId, id: LicenseId) {
    tx.keep(Write::one(LOCK_BY_ID).bind(tenant.get()).bind(id.get()));
}

/// Writes what was derived anew of a locked licence: its state, its ends, and when.
pub fn set_state(tx: &mut Tx, tenant: TenantId, l: &License) {
    tx.keep(
        Write::one(SET_STATE)
            .bind(tenant.get())
            .bind(l.id.get())
            .bind(&l.state)
            .bind(l.manual_end)
            .bind(l.expires_at)
            .bind(l.updated_at),
    );
}

/// Writes what people say of a locked licence: its holder, company, seats, features, note, and when.
pub fn set_fields(tx: &mut Tx, tenant: TenantId, l: &License) {
    tx.keep(
        Write::one(SET_FIELDS)
            .bind(tenant.get())
            .bind(l.id.get())
            .bind(&l.email)
            .bind(&l.email_key)
            .bind(&l.corporate_name)
            .bind(l.max_seats)
            .bind(&l.features)
            .bind(&l.note)
            .bind(l.updated_at),
    );
}

/// Notes that an offline code was made for a licence.
pub fn mark_offline(tx: &mut Tx, tenant: TenantId, id: LicenseId) {
    tx.keep(Write::any(MARK_OFFLINE).bind(tenant.get()).bind(id.get()));
}

/// The licences of an order, in their places.
pub async fn list_by_order(
    conn: &mut Conn,
    tenant: TenantId,
    order: OrderId,
) -> Result<Vec<License>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_ORDER).bind(tenant.get()).bind(order.get()).fetch_all(c).await?),
    )
}

/// Gives the licences of an order their holder, where they have none yet.
pub fn set_missing_email(tx: &mut Tx, tenant: TenantId, order: OrderId, email: (&str, &str, i64)) {
    tx.keep(
        Write::any(SET_EMAIL)
            .bind(tenant.get())
            .bind(order.get())
            .bind(email.0)
            .bind(email.1)
            .bind(email.2),
    );
}
