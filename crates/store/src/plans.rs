//! Plans: how long a licence lasts and what it unlocks, by name.

use domain::ids::{PlanId, TenantId};
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::named::{self, NameFilter, Named};

/// A plan's row.
#[derive(Debug, Clone, FromRow)]
pub struct Plan {
    /// Id; also stands in Stripe's metadata.
    #[sqlx(try_from = "i32")]
    pub id: PlanId,
    /// Name as typed.
    pub name: String,
    /// Name folded; unique in the tenant.
    pub name_key: String,
    /// Days; 0 = perpetual.
    pub duration_days: i32,
    /// JSON array of text.
    pub features: String,
    /// Inactive plans are not sold.
    pub is_active: bool,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: Option<i64>,
    /// Unix milliseconds; archived plans are kept for their licences.
    pub archived_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, name, name_key, duration_days, features, is_active, created_at, updated_at, archived_at"
    };
}

const INSERT: &str =
    "insert into plans (tenant_id, name, name_key, duration_days, features, is_active,
        created_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id, name_key) do nothing returning id";
const UPDATE: &str = "update plans set name = $3, name_key = $4, duration_days = $5, features = $6,
        is_active = $7, updated_at = $8, archived_at = $9
    where tenant_id = $1 and id = $2";
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from plans where tenant_id = $1 and id = $2"
);
// Writing the row's own name locks it on both databases until the transaction ends.
const LOCK: &str = concat!(
    "update plans set name = name where tenant_id = $1 and id = $2 returning ",
    columns!()
);
const LIST: &str = concat!(
    "select ",
    columns!(),
    " from (select ",
    columns!(),
    " from plans where tenant_id = $1 and archived_at is null order by id desc limit 1000) as newest
    order by id"
);
pub(crate) const NAMED: Named = Named {
    table: "plans",
    columns: columns!(),
    found: "select id from plans where tenant_id = $1 and name_key >= $4 and name_key < $5",
};

/// Adds a plan and answers its id; `None` where its name is in use.
pub async fn insert(tx: &mut Tx, tenant: TenantId, p: &Plan) -> Result<Option<PlanId>> {
    let id: Option<i32> = on!(tx, c => sqlx::query_scalar(INSERT).bind(tenant.get()).bind(&p.name)
        .bind(&p.name_key).bind(p.duration_days).bind(&p.features).bind(p.is_active).bind(p.created_at)
        .fetch_optional(c).await?);
    Ok(id.map(PlanId::from))
}

/// Writes a plan as it now is; false where the tenant has none with this id.
pub async fn update(tx: &mut Tx, tenant: TenantId, p: &Plan) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(UPDATE).bind(tenant.get()).bind(p.id.get()).bind(&p.name)
        .bind(&p.name_key).bind(p.duration_days).bind(&p.features).bind(p.is_active).bind(p.updated_at)
        .bind(p.archived_at).execute(c).await?.rows_affected() == 1),
    )
}

/// One plan of the tenant.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: PlanId) -> Result<Option<Plan>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// One plan of the tenant, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, tenant: TenantId, id: PlanId) -> Result<Option<Plan>> {
    Ok(
        on!(tx, c => sqlx::query_as(LOCK).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// The newest 1,000 of the tenant's plans that are not archived, the oldest of them first.
pub async fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<Plan>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).fetch_all(c).await?))
}

/// A page of plans.
pub async fn page(conn: &mut Conn, tenant: TenantId, f: &NameFilter) -> Result<Vec<Plan>> {
    named::page(conn, tenant, (f, &NAMED)).await
}
