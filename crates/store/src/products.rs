//! Products, and every name that a product ever had.

use domain::folding::name_key;
use domain::ids::{ProductId, TenantId};
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::named::{self, NameFilter, Named};

/// A product's row.
#[derive(Debug, Clone, FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a row has the columns that it has"
)]
pub struct Product {
    /// Id; also stands in Stripe's metadata.
    #[sqlx(try_from = "i32")]
    pub id: ProductId,
    /// Name as typed.
    pub name: String,
    /// Newest version of the program.
    pub version: String,
    /// For admins and plans.
    pub description: String,
    /// Inactive: no sale, key, activation or trial.
    pub is_active: bool,
    /// Price of one, minor units.
    pub price_minor: i64,
    /// ISO code, upper case.
    pub currency: String,
    /// Days of trial on a device's first contact; 0 = none.
    pub trial_days: i32,
    /// Days that a bought licence lasts; 0 = perpetual.
    pub default_license_days: i32,
    /// JSON array of text.
    pub features: String,
    /// Seats of each licence, where they are multi-seat.
    pub max_seats: Option<i32>,
    /// A purchase of N makes one licence of N seats instead of N licences.
    pub seats_from_quantity: bool,
    /// Programs older than this are refused, where enforced.
    pub minimum_required_version: Option<String>,
    /// Whether the minimum is enforced.
    pub enforce_version_check: bool,
    /// Whether a purchase is followed by a mail with the keys.
    pub send_purchase_email: bool,
    /// Whether an expiring licence is reminded of.
    pub send_renewal_reminders: bool,
    /// Days before the end.
    pub renewal_reminder_days: Option<i32>,
    /// Hours between two deactivations.
    pub deactivation_cooldown_hours: Option<i32>,
    /// Template of the subject.
    pub email_subject: String,
    /// Template of the body.
    pub email_template: String,
    /// Counts the changes of subject and template.
    pub template_version: i32,
    /// What a refund does: word of the policy.
    pub refund_policy: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: Option<i64>,
    /// Unix milliseconds; archived products are kept for their licences.
    pub archived_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "name, version, description, is_active, price_minor, currency, trial_days, default_license_days,
        features, max_seats, seats_from_quantity, minimum_required_version, enforce_version_check,
        send_purchase_email, send_renewal_reminders, renewal_reminder_days, deactivation_cooldown_hours,
        email_subject, email_template, template_version, refund_policy, created_at, updated_at, archived_at"
    };
}

const INSERT: &str = concat!(
    "insert into products (tenant_id, ",
    columns!(),
    ", name_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22, $23, $24, $25, $26) returning id"
);
const UPDATE: &str = "update products set name = $3, version = $4, description = $5, is_active = $6,
        price_minor = $7, currency = $8, trial_days = $9, default_license_days = $10, features = $11,
        max_seats = $12, seats_from_quantity = $13, minimum_required_version = $14,
        enforce_version_check = $15, send_purchase_email = $16, send_renewal_reminders = $17,
        renewal_reminder_days = $18, deactivation_cooldown_hours = $19, email_subject = $20,
        email_template = $21, template_version = $22, refund_policy = $23, updated_at = $24,
        archived_at = $25, name_key = $26
    where tenant_id = $1 and id = $2";
const FIND: &str = concat!(
    "select id, ",
    columns!(),
    " from products where tenant_id = $1 and id = $2"
);
// Writing the row's own name locks it on both databases until the transaction ends.
const LOCK: &str = concat!(
    "update products set name = name where tenant_id = $1 and id = $2 returning id, ",
    columns!()
);
const LIST: &str = concat!(
    "select id, ",
    columns!(),
    " from (select id, ",
    columns!(),
    " from products where tenant_id = $1 and archived_at is null order by id desc limit 1000) as newest
    order by id"
);
// Found by any name that it ever had.
pub(crate) const NAMED: Named = Named {
    table: "products",
    columns: concat!("id, ", columns!()),
    found: "select distinct product_id from product_names
        where tenant_id = $1 and name_key >= $4 and name_key < $5",
};
const NAMES: &str = "select id, name from products where tenant_id = $1";
const BY_NAME: &str = "select product_id from product_names where tenant_id = $1 and name_key = $2";
const INSERT_NAME: &str = "insert into product_names (tenant_id, name_key, product_id, created_at)
    values ($1, $2, $3, $4) on conflict (tenant_id, name_key) do nothing";

/// Adds a product and answers its id; the row's own id is not looked at.
pub async fn insert(tx: &mut Tx, tenant: TenantId, p: &Product) -> Result<ProductId> {
    let id: i32 = on!(tx, c => sqlx::query_scalar(INSERT).bind(tenant.get()).bind(&p.name).bind(&p.version)
        .bind(&p.description).bind(p.is_active).bind(p.price_minor).bind(&p.currency).bind(p.trial_days)
        .bind(p.default_license_days).bind(&p.features).bind(p.max_seats).bind(p.seats_from_quantity)
        .bind(&p.minimum_required_version).bind(p.enforce_version_check).bind(p.send_purchase_email)
        .bind(p.send_renewal_reminders).bind(p.renewal_reminder_days)
        .bind(p.deactivation_cooldown_hours).bind(&p.email_subject).bind(&p.email_template)
        .bind(p.template_version).bind(&p.refund_policy).bind(p.created_at).bind(p.updated_at)
        .bind(p.archived_at).bind(name_key(&p.name)).fetch_one(c).await?);
    Ok(ProductId::from(id))
}

/// Writes a product as it now is; false where the tenant has none with this id.
pub async fn update(tx: &mut Tx, tenant: TenantId, p: &Product) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(UPDATE).bind(tenant.get()).bind(p.id.get()).bind(&p.name).bind(&p.version)
        .bind(&p.description).bind(p.is_active).bind(p.price_minor).bind(&p.currency).bind(p.trial_days)
        .bind(p.default_license_days).bind(&p.features).bind(p.max_seats).bind(p.seats_from_quantity)
        .bind(&p.minimum_required_version).bind(p.enforce_version_check).bind(p.send_purchase_email)
        .bind(p.send_renewal_reminders).bind(p.renewal_reminder_days)
        .bind(p.deactivation_cooldown_hours).bind(&p.email_subject).bind(&p.email_template)
        .bind(p.template_version).bind(&p.refund_policy).bind(p.updated_at).bind(p.archived_at)
        .bind(name_key(&p.name)).execute(c).await?.rows_affected() == 1),
    )
}

/// One product of the tenant, archived or not.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: ProductId) -> Result<Option<Product>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// One product of the tenant, archived or not, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, tenant: TenantId, id: ProductId) -> Result<Option<Product>> {
    Ok(
        on!(tx, c => sqlx::query_as(LOCK).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// The newest 1,000 of the tenant's products that are not archived, the oldest of them first.
pub async fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<Product>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).fetch_all(c).await?))
}

/// A page of products; a former name finds its product too.
pub async fn page(conn: &mut Conn, tenant: TenantId, f: &NameFilter) -> Result<Vec<Product>> {
    named::page(conn, tenant, (f, &NAMED)).await
}

/// The names of all the tenant's products, archived ones too.
pub async fn names(conn: &mut Conn, tenant: TenantId) -> Result<Vec<(ProductId, String)>> {
    let rows: Vec<(i32, String)> =
        on!(conn, c => sqlx::query_as(NAMES).bind(tenant.get()).fetch_all(c).await?);
    Ok(rows
        .into_iter()
        .map(|(id, name)| (ProductId::from(id), name))
        .collect())
}

/// The product that has, or ever had, this folded name.
pub async fn find_by_name(
    conn: &mut Conn,
    tenant: TenantId,
    name_key: &str,
) -> Result<Option<ProductId>> {
    let id: Option<i32> = on!(conn, c => sqlx::query_scalar(BY_NAME).bind(tenant.get()).bind(name_key)
        .fetch_optional(c).await?);
    Ok(id.map(ProductId::from))
}

/// Gives a product a name for ever; false where it already belongs to a product, perhaps this one.
pub async fn insert_name(
    tx: &mut Tx,
    tenant: TenantId,
    name: (&str, ProductId),
    now: i64,
) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(INSERT_NAME).bind(tenant.get()).bind(name.0).bind(name.1.get()).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}
