//! Counts for whoever watches the whole installation: all tenants together, test and live. Each reads
//! an index from a moment on, or a table that stays small, so that asking every few seconds costs little.

use sqlx::FromRow;

use crate::conn::{Conn, on};
use crate::error::Result;

/// How many rows have one word.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Count {
    /// The word, for example of a state.
    pub word: String,
    /// How many.
    pub count: i64,
}

/// Jobs of one kind and state. What is done has no row.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Backlog {
    /// What is to be done.
    pub kind: String,
    /// `queued` or `dead`.
    pub state: String,
    /// How many.
    pub count: i64,
    /// When the oldest was made, Unix milliseconds.
    pub oldest_created_at: i64,
}

// `cross join` makes SQLite begin with the tenants, so that the indices which begin with tenant and
// mode are used; it would read whole tables otherwise.
const EVENTS: &str = "select e.processing as word, count(*) as count
    from tenants t cross join stripe_events e
    where e.tenant_id = t.id and e.livemode in ($1, $2) and e.received_at >= $3 group by e.processing order by 1";
const MAILS: &str = "select m.state as word, count(*) as count
    from tenants t cross join mails m
    where m.tenant_id = t.id and m.livemode in ($1, $2) and m.created_at >= $3 group by m.state order by 1";
const LICENSES: &str = "select count(*) from tenants t cross join licenses l
    where l.tenant_id = t.id and l.livemode in ($1, $2) and l.created_at >= $3";
const IN_REVIEW: &str = "select count(*) from tenants t cross join orders o
    where o.tenant_id = t.id and o.livemode in ($1, $2) and o.state = 'review'";
const BACKLOG: &str = "select kind, state, count(*) as count, min(created_at) as oldest_created_at
    from jobs group by kind, state order by kind, state";

/// Events received at or after `since` (Unix milliseconds), by processing state.
pub async fn events_since(conn: &mut Conn, since: i64) -> Result<Vec<Count>> {
    Ok(
        on!(conn, c => sqlx::query_as(EVENTS).bind(true).bind(false).bind(since).fetch_all(c).await?),
    )
}

/// Mails written at or after `since` (Unix milliseconds), by state.
pub async fn mails_since(conn: &mut Conn, since: i64) -> Result<Vec<Count>> {
    Ok(on!(conn, c => sqlx::query_as(MAILS).bind(true).bind(false).bind(since).fetch_all(c).await?))
}

/// Licences issued at or after `since` (Unix milliseconds).
pub async fn licenses_since(conn: &mut Conn, since: i64) -> Result<i64> {
    Ok(
        on!(conn, c => sqlx::query_scalar(LICENSES).bind(true).bind(false).bind(since)
        .fetch_one(c).await?),
    )
}

/// Orders that wait for somebody's decision.
pub async fn orders_in_review(conn: &mut Conn) -> Result<i64> {
    Ok(on!(conn, c => sqlx::query_scalar(IN_REVIEW).bind(true).bind(false).fetch_one(c).await?))
}

/// Jobs that wait or were given up, by kind and state.
pub async fn backlog(conn: &mut Conn) -> Result<Vec<Backlog>> {
    Ok(on!(conn, c => sqlx::query_as(BACKLOG).fetch_all(c).await?))
}
