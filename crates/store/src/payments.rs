//! Payments: one per payment intent (or session where nothing was charged); facts only grow.

use domain::ids::{OrderId, PaymentId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A payment's row.
#[derive(Debug, Clone, FromRow)]
pub struct Payment {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: PaymentId,
    /// The order that it pays.
    #[sqlx(try_from = "Uuid")]
    pub order_id: OrderId,
    /// `payment_intent`, `session` or `invoice`.
    pub kind: String,
    /// Stripe's id of that object.
    pub stripe_id: String,
    /// Test or live.
    pub livemode: bool,
    /// Minor units.
    pub amount_minor: i64,
    /// ISO code, upper case.
    pub currency: String,
    /// Unix milliseconds.
    pub paid_at: i64,
}

const RECORD: &str =
    "insert into payments (id, tenant_id, order_id, kind, stripe_id, livemode, amount_minor,
        currency, refunded_minor, dispute_rank, paid_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9)
    on conflict (tenant_id, kind, stripe_id) do nothing";
const BY_ORDER: &str =
    "select id, order_id, kind, stripe_id, livemode, amount_minor, currency, paid_at
    from payments where tenant_id = $1 and order_id = $2 order by paid_at, id";

/// Notes that something was paid; the same fact again changes nothing.
pub fn record(tx: &mut Tx, tenant: TenantId, p: &Payment) {
    tx.keep(
        Write::any(RECORD)
            .bind(p.id.get())
            .bind(tenant.get())
            .bind(p.order_id.get())
            .bind(&p.kind)
            .bind(&p.stripe_id)
            .bind(p.livemode)
            .bind(p.amount_minor)
            .bind(&p.currency)
            .bind(p.paid_at),
    );
}

/// The payments of an order, oldest first.
pub async fn list_by_order(
    conn: &mut Conn,
    tenant: TenantId,
    order: OrderId,
) -> Result<Vec<Payment>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_ORDER).bind(tenant.get()).bind(order.get()).fetch_all(c).await?),
    )
}
