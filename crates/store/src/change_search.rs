//! The change log by who did what to which kind of thing. A page looks at so many lines at most and says how far
//! it came, so that nobody walks through the whole log for something rare.

use domain::ids::TenantId;
use domain::list_order::LogOrder;

use crate::changes::Change;
use crate::conn::{Conn, on};
use crate::error::Result;
use crate::log_order::{BothWays, both_ways};

/// Which lines are wanted, and in which order; an empty text does not narrow.
#[derive(Debug, Clone)]
pub struct ChangeFilter {
    /// How the actor's name begins.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Id of the one thing of that kind that it was done to.
    pub subject_id: String,
    /// In which order.
    pub order: LogOrder,
    /// Only this line and later ones.
    pub since: i64,
    /// Only lines before this one.
    pub before: i64,
    /// Lines that are looked at, at most.
    pub looked_at: i64,
    /// Lines wanted at most.
    pub limit: i64,
}

// Both ways a page is a range of ids: it is the filter that says where it begins and ends.
macro_rules! listed {
    ($beyond:literal, $way:literal, $of:literal) => {
        concat!(
            "select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id, verb, data, at
    from (select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id, verb, data, at
        from changes where tenant_id = $1 and ",
            $of,
            " and id >= $9 and id < $2 order by id ",
            $way,
            " limit $3) as part
    where ($4 = '' or (actor_name >= $4 and actor_name < $5)) and ($6 = '' or verb = $6)
        and ($7 = '' or subject_kind = $7)
    order by id ",
            $way,
            " limit $8"
        )
    };
}
macro_rules! looked_at {
    ($beyond:literal, $way:literal, $of:literal) => {
        concat!(
            "select id from changes where tenant_id = $1 and ",
            $of,
            " and id >= $4 and id < $2 order by id ",
            $way,
            " limit 2 offset $3"
        )
    };
}
pub(crate) const LIST: BothWays = both_ways!(listed!("$10 = ''"));
pub(crate) const LIST_OF_SUBJECT: BothWays =
    both_ways!(listed!("subject_kind = $7 and subject_id = $10"));
const LOOKED_AT: BothWays = both_ways!(looked_at!("$5 = '' and $6 = ''"));
const LOOKED_AT_OF_SUBJECT: BothWays =
    both_ways!(looked_at!("subject_kind = $5 and subject_id = $6"));
pub(crate) const FIRST_SINCE: &str =
    "select id from changes where tenant_id = $1 and at >= $2 order by at, id limit 1";
pub(crate) const LAST_UNTIL: &str =
    "select id from changes where tenant_id = $1 and at < $2 order by at desc, id desc limit 1";

/// Lines by filter out of the next `looked_at` ones.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &ChangeFilter) -> Result<Vec<Change>> {
    let end = format!("{}\u{10ffff}", f.actor);
    let list = if f.subject_id.is_empty() {
        LIST
    } else {
        LIST_OF_SUBJECT
    };
    Ok(
        on!(conn, c => sqlx::query_as(list.text(f.order)).bind(tenant.get()).bind(f.before)
        .bind(f.looked_at).bind(&f.actor).bind(&end).bind(&f.verb).bind(&f.subject_kind).bind(f.limit)
        .bind(f.since).bind(&f.subject_id).fetch_all(c).await?),
    )
}

/// The line at which [`list`] stopped looking; `None` where none comes after that.
pub async fn looked_until(
    conn: &mut Conn,
    tenant: TenantId,
    f: &ChangeFilter,
) -> Result<Option<i64>> {
    let (looked_at, kind) = if f.subject_id.is_empty() {
        (LOOKED_AT, "")
    } else {
        (LOOKED_AT_OF_SUBJECT, f.subject_kind.as_str())
    };
    let last: Vec<i64> = on!(conn, c => sqlx::query_scalar(looked_at.text(f.order)).bind(tenant.get())
        .bind(f.before).bind(f.looked_at - 1).bind(f.since).bind(kind).bind(&f.subject_id)
        .fetch_all(c).await?);
    Ok(match last.as_slice() {
        [last, _] => Some(*last),
        _ => None,
    })
}

/// The first line that was written at a time or later; Unix milliseconds.
pub async fn first_since(conn: &mut Conn, tenant: TenantId, at: i64) -> Result<Option<i64>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(FIRST_SINCE).bind(tenant.get()).bind(at)
        .fetch_optional(c).await?),
    )
}

/// The last line that was written before a time; Unix milliseconds.
pub async fn last_until(conn: &mut Conn, tenant: TenantId, at: i64) -> Result<Option<i64>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(LAST_UNTIL).bind(tenant.get()).bind(at)
        .fetch_optional(c).await?),
    )
}
