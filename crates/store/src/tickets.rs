//! Support tickets: messages to the seller from whoever uses a program.

use domain::ids::{ProductId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A ticket's row.
#[derive(Clone, FromRow)]
pub struct Ticket {
    /// Id.
    pub id: Uuid,
    /// The product that it is about.
    #[sqlx(try_from = "i32")]
    pub product_id: ProductId,
    /// Where the answer goes.
    pub email: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub message: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

const INSERT: &str =
    "insert into tickets (id, tenant_id, product_id, email, subject, message, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
const FIND: &str = "select id, product_id, email, subject, message, created_at from tickets
    where tenant_id = $1 and id = $2";
const LIST: &str = "select id, product_id, email, subject, message, created_at from tickets
    where tenant_id = $1 and (created_at < $2 or (created_at = $2 and id < $3))
    order by created_at desc, id desc limit $4";

/// Adds a ticket.
pub fn insert(tx: &mut Tx, tenant: TenantId, t: &Ticket) {
    tx.keep(
        Write::one(INSERT)
            .bind(t.id)
            .bind(tenant.get())
            .bind(t.product_id.get())
            .bind(&t.email)
            .bind(&t.subject)
            .bind(&t.message)
            .bind(t.created_at),
    );
}

/// One ticket of the tenant.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<Option<Ticket>> {
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id).fetch_optional(c).await?))
}

/// The tenant's tickets that come after a place in the list, newest first.
pub async fn list(
    conn: &mut Conn,
    tenant: TenantId,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<Ticket>> {
    let (at, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    Ok(
        on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).bind(at).bind(id).bind(limit)
        .fetch_all(c).await?),
    )
}
