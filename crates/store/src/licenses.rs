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
pub(crate) const SET_EMAIL: &str =
    "update licenses set email = $3, email_key = $4, updated_at = $5
    where +tenant_id = $1 and order_id = $2 and email = ''";
// Writing the row's own key locks it on both databases until the transaction ends.
const LOCK: &str = concat!(
    "update licenses set key_index = key_index where tenant_id = $1 and key_index = $2 returning ",
    columns!()
);
const SET_STATE: &str =
    "update licenses set state = $3, manual_end = $4, expires_at = $5, updated_at = $6
    where tenant_id = $1 and id = $2";
const MARK_OFFLINE: &str =
    "update licenses set is_offline = true where tenant_id = $1 and id = $2 and not is_offline";
// An absent filter is an empty or zero parameter. An active licence whose end has passed counts as expired.
macro_rules! filtered {
    () => {
        "tenant_id = $1 and livemode = $2 and ($3 = 0 or product_id = $3)
          and ($4 = '' or $4 = case when state = 'active' and expires_at < $5 then 'expired' else state end)"
    };
}

// Keyset on (created_at, id), or an offset.
macro_rules! listed {
    () => {
        " and (created_at < $6 or (created_at = $6 and id < $7))
        order by created_at desc, id desc limit $8 offset $9"
    };
}

// What a search finds is read from its own index first, whole: the list's index would lead through
// all licences of the tenant. `cross join` keeps SQLite from turning the two around.
macro_rules! found_by_email {
    ($from:literal, $below:literal) => {
        concat!(
            "with found (found_id) as materialized (select id from licenses
            where tenant_id = $1 and email_key >= ",
            $from,
            " and email_key < ",
            $below,
            ") "
        )
    };
}
macro_rules! found_by_last_four {
    ($last_four:literal) => {
        concat!(
            "with found (found_id) as materialized (select id from licenses
            where tenant_id = $1 and last_four = ",
            $last_four,
            ") "
        )
    };
}
macro_rules! from_found {
    () => {
        concat!(
            " from found cross join licenses where id = found_id and ",
            filtered!()
        )
    };
}

const LIST: &str = concat!(
    "select ",
    columns!(),
    " from licenses where ",
    filtered!(),
    listed!()
);
const LIST_BY_EMAIL: &str = concat!(
    found_by_email!("$10", "$11"),
    "select ",
    columns!(),
    from_found!(),
    listed!()
);
const LIST_BY_LAST_FOUR: &str = concat!(
    found_by_last_four!("$10"),
    "select ",
    columns!(),
    from_found!(),
    listed!()
);
const COUNT: &str = concat!(
    "select count(*) from (select id from licenses where ",
    filtered!(),
    " limit $6) as counted"
);
const COUNT_BY_EMAIL: &str = concat!(
    found_by_email!("$7", "$8"),
    "select count(*) from (select id",
    from_found!(),
    " limit $6) as counted"
);
const COUNT_BY_LAST_FOUR: &str = concat!(
    found_by_last_four!("$7"),
    "select count(*) from (select id",
    from_found!(),
    " limit $6) as counted"
);
const COUNT_SINCE: &str =
    "select count(*) from licenses where tenant_id = $1 and livemode = $2 and created_at >= $3";

/// What people search for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LicenseSearch {
    /// Nothing: all licences.
    #[default]
    All,
    /// A holder's folded address, whole.
    Email(String),
    /// How a holder's folded address begins.
    EmailBeginning(String),
    /// Last four characters of the key.
    LastFour(String),
}

impl LicenseSearch {
    /// What is searched for as the statements take it: of addresses where they begin and where
    /// they have ended, of the last four themselves.
    fn keys(&self) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            // No address holds a control character, so nothing lies between it and this end.
            Self::Email(key) => vec![key.clone(), format!("{key}\u{1}")],
            // The greatest of all characters, which no address holds.
            Self::EmailBeginning(key) => vec![key.clone(), format!("{key}\u{10ffff}")],
            Self::LastFour(last_four) => vec![last_four.clone()],
        }
    }

    const fn list(&self) -> &'static str {
        match self {
            Self::All => LIST,
            Self::Email(_) | Self::EmailBeginning(_) => LIST_BY_EMAIL,
            Self::LastFour(_) => LIST_BY_LAST_FOUR,
        }
    }

    const fn count(&self) -> &'static str {
        match self {
            Self::All => COUNT,
            Self::Email(_) | Self::EmailBeginning(_) => COUNT_BY_EMAIL,
            Self::LastFour(_) => COUNT_BY_LAST_FOUR,
        }
    }
}

/// Which licences are wanted, newest first.
#[derive(Debug, Clone)]
pub struct LicenseFilter {
    /// Test or live.
    pub livemode: bool,
    /// A product's id, or 0 for all.
    pub product_id: i32,
    /// A state as of `now`, or empty for all.
    pub state: String,
    /// Unix milliseconds: what ended before counts as expired.
    pub now: i64,
    /// What people search for.
    pub search: LicenseSearch,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, LicenseId)>,
    /// Rows to pass over.
    pub offset: i64,
    /// Rows wanted at most.
    pub limit: i64,
}

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

/// Licences by filter, newest first.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &LicenseFilter) -> Result<Vec<License>> {
    let (at, id) = f
        .after
        .map_or((i64::MAX, Uuid::max()), |(at, id)| (at, id.get()));
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(f.search.list()).bind(tenant.get()).bind(f.livemode)
            .bind(f.product_id).bind(&f.state).bind(f.now).bind(at).bind(id).bind(f.limit).bind(f.offset);
        for key in f.search.keys() {
            query = query.bind(key);
        }
        query.fetch_all(c).await?
    }))
}

/// How many licences a filter finds, counted up to `most`; its place, offset and limit do not matter.
pub async fn count(conn: &mut Conn, tenant: TenantId, f: &LicenseFilter, most: i64) -> Result<i64> {
    Ok(on!(conn, c => {
        let mut query = sqlx::query_scalar(f.search.count()).bind(tenant.get()).bind(f.livemode)
            .bind(f.product_id).bind(&f.state).bind(f.now).bind(most);
        for key in f.search.keys() {
            query = query.bind(key);
        }
        query.fetch_one(c).await?
    }))
}

/// How many licences were made at or after a time (Unix milliseconds).
pub async fn count_since(conn: &mut Conn, tenant: TenantId, side: (bool, i64)) -> Result<i64> {
    Ok(
        on!(conn, c => sqlx::query_scalar(COUNT_SINCE).bind(tenant.get()).bind(side.0).bind(side.1)
        .fetch_one(c).await?),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection as _;

    #[tokio::test]
    async fn a_search_reads_its_own_index() {
        let directory = tempfile::tempdir().expect("a directory for the database");
        let file = directory.path().join("test.db");
        let url = format!("sqlite://{}", file.display());
        let db = crate::Db::open(&url).await.expect("the database opens");
        db.migrate().await.expect("the migrations apply");
        db.close().await;
        let mut conn = sqlx::SqliteConnection::connect(&url)
            .await
            .expect("connects");
        for (statement, index) in [
            (LIST, "licenses_by_created"),
            (LIST_BY_EMAIL, "licenses_by_email"),
            (COUNT_BY_EMAIL, "licenses_by_email"),
            (LIST_BY_LAST_FOUR, "licenses_by_last_four"),
            (COUNT_BY_LAST_FOUR, "licenses_by_last_four"),
        ] {
            let explain = format!("explain query plan {statement}");
            let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(explain))
                .fetch_all(&mut conn)
                .await
                .expect("is explained");
            let reads = plan.iter().find(|(.., step)| step.contains("licenses"));
            let (.., step) = reads.expect("reads licences");
            assert!(step.contains(index), "{step}");
        }
    }
}
