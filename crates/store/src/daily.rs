//! What happened on each day (UTC) of one side: keys, activations, takings. Every statement reads a
//! range of one index, and no row of a table.

use domain::ids::TenantId;
use sqlx::FromRow;

use crate::conn::{Conn, on};
use crate::error::Result;

/// Milliseconds of a day; the statements below have it in figures.
const DAY: i64 = 86_400_000;

/// A range of days of one side, test or live. Days are counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// Test or live.
    pub livemode: bool,
    /// The first day.
    pub first: i64,
    /// The last day, included.
    pub last: i64,
}

/// What came in, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Takings {
    /// ISO code, upper case.
    pub currency: String,
    /// Minor units.
    pub amount_minor: i64,
    /// How many payments.
    pub payments: i64,
}

// Each day is a range of its own: grouping by a computed day would sort what the index has in order.
macro_rules! per_day {
    ($table:literal, $at:literal) => {
        concat!(
            "with recursive days (day) as (select $3 union all select day + 1 from days where day < $4)
            select (select count(*) from ",
            $table,
            " where tenant_id = $1 and livemode = $2 and ",
            $at,
            " >= day * 86400000 and ",
            $at,
            " < (day + 1) * 86400000) from days order by day"
        )
    };
}

pub(crate) const LICENSES: &str = per_day!("licenses", "created_at");
pub(crate) const ACTIVATIONS: &str = per_day!("activations", "activated_at");
pub(crate) const TAKINGS: &str =
    "select currency, cast(sum(amount_minor) as bigint) as amount_minor, count(*) as payments
    from payments where tenant_id = $1 and livemode = $2 and paid_at >= $3 and paid_at < $4
    group by currency order by currency";
pub(crate) const REFUNDS: &str =
    "select currency, cast(sum(refunded_minor) as bigint) as amount_minor, count(*) as payments
    from payments where tenant_id = $1 and livemode = $2 and paid_at >= $3 and paid_at < $4
      and refunded_minor > 0
    group by currency order by currency";

/// How many licences were made on each of the days, in their order.
pub async fn licenses(conn: &mut Conn, tenant: TenantId, days: Days) -> Result<Vec<i64>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(LICENSES).bind(tenant.get()).bind(days.livemode)
        .bind(days.first).bind(days.last).fetch_all(c).await?),
    )
}

/// How many devices took a seat on each of the days, in their order.
pub async fn activations(conn: &mut Conn, tenant: TenantId, days: Days) -> Result<Vec<i64>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(ACTIVATIONS).bind(tenant.get()).bind(days.livemode)
        .bind(days.first).bind(days.last).fetch_all(c).await?),
    )
}

/// What was paid on these days, by currency; refunds are not looked at.
pub async fn takings(conn: &mut Conn, tenant: TenantId, days: Days) -> Result<Vec<Takings>> {
    Ok(
        on!(conn, c => sqlx::query_as(TAKINGS).bind(tenant.get()).bind(days.livemode)
        .bind(days.first * DAY).bind((days.last + 1) * DAY).fetch_all(c).await?),
    )
}

/// What was given back, up to now, of what was paid on these days, by currency.
pub async fn refunds(conn: &mut Conn, tenant: TenantId, days: Days) -> Result<Vec<Takings>> {
    Ok(
        on!(conn, c => sqlx::query_as(REFUNDS).bind(tenant.get()).bind(days.livemode)
        .bind(days.first * DAY).bind((days.last + 1) * DAY).fetch_all(c).await?),
    )
}
