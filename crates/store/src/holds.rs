//! Holds: reasons why a licence is suspended or revoked. A licence's state follows from them.

use domain::ids::{LicenseId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::write::Write;

/// A hold's row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Hold {
    /// Id.
    pub id: Uuid,
    /// `suspend` or `revoke`.
    pub kind: String,
    /// `manual`, `refund`, `dispute` or `subscription`.
    pub cause: String,
    /// Stripe's object that it comes from, or blank.
    pub stripe_id: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub lifted_at: Option<i64>,
}

const INSERT: &str =
    "insert into holds (id, tenant_id, license_id, kind, cause, stripe_id, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)";
const LIST: &str = "select id, kind, cause, stripe_id, created_at, lifted_at from holds
    where tenant_id = $1 and license_id = $2 order by created_at, id";
const LIFT: &str = "update holds set lifted_at = $4
    where tenant_id = $1 and license_id = $2 and cause = $3 and lifted_at is null";

/// Adds a hold; its end is not looked at.
pub fn insert(tx: &mut Tx, tenant: TenantId, license: LicenseId, hold: &Hold) {
    tx.keep(
        Write::one(INSERT)
            .bind(hold.id)
            .bind(tenant.get())
            .bind(license.get())
            .bind(&hold.kind)
            .bind(&hold.cause)
            .bind(&hold.stripe_id)
            .bind(hold.created_at),
    );
}

/// A licence's holds, lifted ones too, oldest first.
pub async fn list(conn: &mut Conn, tenant: TenantId, license: LicenseId) -> Result<Vec<Hold>> {
    Ok(
        on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).bind(license.get()).fetch_all(c).await?),
    )
}

/// Lifts a licence's open holds of one cause at `now`, and never those of another.
pub fn lift(tx: &mut Tx, tenant: TenantId, of: (LicenseId, &str), now: i64) {
    tx.keep(
        Write::any(LIFT)
            .bind(tenant.get())
            .bind(of.0.get())
            .bind(of.1)
            .bind(now),
    );
}
