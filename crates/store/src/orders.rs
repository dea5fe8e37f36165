//! Orders: one purchase each, where the facts of several Stripe events meet.

use domain::ids::{OrderId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// An order's row.
#[derive(Debug, Clone, FromRow)]
pub struct Order {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: OrderId,
    /// Tenant.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// The app that it came by.
    pub app_id: Option<Uuid>,
    /// Test or live.
    pub livemode: bool,
    /// `open`, `waiting`, `issued`, `failed`, `review` or `dismissed`.
    pub state: String,
    /// Metadata `productId` as it came.
    pub named_product: String,
    /// The product, once known to be the tenant's.
    pub product_id: Option<i32>,
    /// The plan, once known to be the tenant's.
    pub plan_id: Option<i32>,
    /// Metadata `planDays`.
    pub plan_days: Option<i32>,
    /// How many were bought.
    pub quantity: i32,
    /// The buyer's address as typed, or empty while unknown.
    pub email: String,
    /// The address folded.
    pub email_key: String,
    /// What was paid, minor units.
    pub amount_minor: Option<i64>,
    /// ISO code, upper case, or empty while unknown.
    pub currency: String,
    /// What we asked for, minor units; present when we made the checkout session.
    pub quote_minor: Option<i64>,
    /// ISO code of the quote, or empty.
    pub quote_currency: String,
    /// Why a person must look at it.
    pub review_reason: Option<String>,
    /// Unix milliseconds.
    pub paid_at: Option<i64>,
    /// Unix milliseconds, once its licences exist.
    pub issued_at: Option<i64>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

macro_rules! columns {
    () => {
        "id, tenant_id, app_id, livemode, state, named_product, product_id, plan_id, plan_days, quantity,
        email, email_key, amount_minor, currency, quote_minor, quote_currency, review_reason, paid_at,
        issued_at, created_at, updated_at"
    };
}
pub(crate) use columns;

const INSERT: &str = concat!(
    "insert into orders (",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
);
// Writing the row's own time locks it on both databases until the transaction ends.
const LOCK: &str = concat!(
    "update orders set updated_at = $3 where tenant_id = $1 and id = $2 returning ",
    columns!()
);
const UPDATE: &str = "update orders set state = $3, named_product = $4, product_id = $5, plan_id = $6,
        plan_days = $7, quantity = $8, email = $9, email_key = $10, amount_minor = $11, currency = $12,
        review_reason = $13, paid_at = $14, issued_at = $15, updated_at = $16
    where tenant_id = $1 and id = $2";
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from orders where tenant_id = $1 and id = $2"
);
const BY_FACT: &str =
    "select order_id from order_facts where tenant_id = $1 and kind = $2 and stripe_id = $3";
pub(crate) const SESSION_ORDER: &str =
    "select tenant_id, order_id from order_facts where kind = 'session' and stripe_id = $1";
const INSERT_FACT: &str =
    "insert into order_facts (tenant_id, kind, stripe_id, order_id, created_at)
    values ($1, $2, $3, $4, $5) on conflict (tenant_id, kind, stripe_id) do nothing";
// Ordered by expressions: by the bare columns SQLite would walk the tenant's whole primary key.
pub(crate) const FACTS: &str =
    "select kind, stripe_id from order_facts where tenant_id = $1 and order_id = $2
    order by kind || '', stripe_id || ''";
const BY_STATE: &str = concat!(
    "select ",
    columns!(),
    " from orders where tenant_id = $1 and livemode = $2 and state = $3
    order by created_at desc, id desc limit $4"
);
pub(crate) const WITHOUT_ADDRESS: &str = concat!(
    "select ",
    columns!(),
    " from orders where tenant_id = $1 and livemode = $2 and state = 'issued' and email = ''
    and issued_at < $3 order by created_at desc, id desc limit $4"
);

pub(crate) const ANY_ISSUED: &str = "select state from orders
    where tenant_id = $1 and livemode = $2 and state = 'issued' limit 1";

/// One of Stripe's objects that an order is known by.
#[derive(Debug, Clone, FromRow)]
pub struct OrderFact {
    /// `payment_intent` or `session`.
    pub kind: String,
    /// Stripe's id of the object.
    pub stripe_id: String,
}

/// Adds an order.
pub fn insert(tx: &mut Tx, o: &Order) {
    tx.keep(
        Write::one(INSERT)
            .bind(o.id.get())
            .bind(o.tenant_id.get())
            .bind(o.app_id)
            .bind(o.livemode)
            .bind(&o.state)
            .bind(&o.named_product)
            .bind(o.product_id)
            .bind(o.plan_id)
            .bind(o.plan_days)
            .bind(o.quantity)
            .bind(&o.email)
            .bind(&o.email_key)
            .bind(o.amount_minor)
            .bind(&o.currency)
            .bind(o.quote_minor)
            .bind(&o.quote_currency)
            .bind(&o.review_reason)
            .bind(o.paid_at)
            .bind(o.issued_at)
            .bind(o.created_at)
            .bind(o.updated_at),
    );
}

/// The order, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, tenant: TenantId, id: OrderId, now: i64) -> Result<Option<Order>> {
    Ok(
        on!(tx, c => sqlx::query_as(LOCK).bind(tenant.get()).bind(id.get()).bind(now)
        .fetch_optional(c).await?),
    )
}

/// Writes a locked order as it now is.
pub fn update(tx: &mut Tx, o: &Order) {
    tx.keep(
        Write::one(UPDATE)
            .bind(o.tenant_id.get())
            .bind(o.id.get())
            .bind(&o.state)
            .bind(&o.named_product)
            .bind(o.product_id)
            .bind(o.plan_id)
            .bind(o.plan_days)
            .bind(o.quantity)
            .bind(&o.email)
            .bind(&o.email_key)
            .bind(o.amount_minor)
            .bind(&o.currency)
            .bind(&o.review_reason)
            .bind(o.paid_at)
            .bind(o.issued_at)
            .bind(o.updated_at),
    );
}

/// One order of the tenant.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: OrderId) -> Result<Option<Order>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// The order that one of Stripe's objects belongs to.
pub async fn find_by_fact(
    conn: &mut Conn,
    tenant: TenantId,
    fact: (&str, &str),
) -> Result<Option<OrderId>> {
    let id: Option<Uuid> = on!(conn, c => sqlx::query_scalar(BY_FACT).bind(tenant.get()).bind(fact.0)
        .bind(fact.1).fetch_optional(c).await?);
    Ok(id.map(OrderId::from))
}

/// The order of a checkout session; who holds the session's id (the buyer) is not signed in,
/// so this is how the tenant is found. Two tenants may both know it; all are answered.
pub async fn find_by_session(conn: &mut Conn, session: &str) -> Result<Vec<(TenantId, OrderId)>> {
    let rows: Vec<(i32, Uuid)> = on!(conn, c => sqlx::query_as(SESSION_ORDER).bind(session)
        .fetch_all(c).await?);
    Ok(rows
        .into_iter()
        .map(|(t, o)| (TenantId::from(t), OrderId::from(o)))
        .collect())
}

/// Notes that an object of Stripe belongs to the order; false where it already belongs to one.
/// Waits for a transaction that is writing the same fact.
pub async fn insert_fact(
    tx: &mut Tx,
    tenant: TenantId,
    fact: (&str, &str),
    order: (OrderId, i64),
) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(INSERT_FACT).bind(tenant.get()).bind(fact.0).bind(fact.1)
        .bind(order.0.get()).bind(order.1).execute(c).await?.rows_affected() == 1),
    )
}

/// Notes that an object of Stripe, not known before, belongs to a new order; another transaction
/// that noted it at the same instant makes this one fail with [`crate::StoreError::Overtaken`].
pub fn claim_fact(tx: &mut Tx, tenant: TenantId, fact: (&str, &str), order: (OrderId, i64)) {
    tx.keep(
        Write::one(INSERT_FACT)
            .bind(tenant.get())
            .bind(fact.0)
            .bind(fact.1)
            .bind(order.0.get())
            .bind(order.1),
    );
}

/// What an order is known by at Stripe.
pub async fn facts(conn: &mut Conn, tenant: TenantId, order: OrderId) -> Result<Vec<OrderFact>> {
    Ok(
        on!(conn, c => sqlx::query_as(FACTS).bind(tenant.get()).bind(order.get()).fetch_all(c).await?),
    )
}

/// Orders in one state, newest first.
pub async fn list_by_state(
    conn: &mut Conn,
    tenant: TenantId,
    side: (bool, &str),
    limit: i64,
) -> Result<Vec<Order>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_STATE).bind(tenant.get()).bind(side.0).bind(side.1).bind(limit)
        .fetch_all(c).await?),
    )
}

/// Orders whose keys were issued before `issued_before` and which still have no address.
pub async fn list_without_address(
    conn: &mut Conn,
    tenant: TenantId,
    side: (bool, i64),
    limit: i64,
) -> Result<Vec<Order>> {
    Ok(
        on!(conn, c => sqlx::query_as(WITHOUT_ADDRESS).bind(tenant.get()).bind(side.0).bind(side.1)
        .bind(limit).fetch_all(c).await?),
    )
}

/// True where a purchase of this mode has its licences.
pub async fn is_any_issued(conn: &mut Conn, tenant: TenantId, livemode: bool) -> Result<bool> {
    let any: Option<String> = on!(conn, c => sqlx::query_scalar(ANY_ISSUED).bind(tenant.get())
        .bind(livemode).fetch_optional(c).await?);
    Ok(any.is_some())
}
