//! The change log by who did what to which kind of thing. A page looks at so many lines at most and says how far
//! it came, so that nobody walks through the whole log for something rare.

use domain::ids::TenantId;

use crate::changes::Change;
use crate::conn::{Conn, on};
use crate::error::Result;

/// Which lines are wanted; an empty text does not narrow.
#[derive(Debug, Clone)]
pub struct ChangeFilter {
    /// How the actor's name begins.
    pub actor: String,
    /// What was done.
    pub verb: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Only lines before this one.
    pub before: i64,
    /// Lines that are looked at, at most.
    pub looked_at: i64,
    /// Lines wanted at most.
    pub limit: i64,
}

const LIST: &str =
    "select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id, verb, data, at
    from (select id, livemode, actor_kind, actor_id, actor_name, subject_kind, subject_id, verb, data, at
        from changes where tenant_id = $1 and id < $2 order by id desc limit $3) as part
    where ($4 = '' or (actor_name >= $4 and actor_name < $5)) and ($6 = '' or verb = $6)
        and ($7 = '' or subject_kind = $7)
    order by id desc limit $8";
const LOOKED_AT: &str =
    "select id from changes where tenant_id = $1 and id < $2 order by id desc limit 2 offset $3";

/// Lines by filter out of the next `looked_at` ones, newest first.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &ChangeFilter) -> Result<Vec<Change>> {
    let end = format!("{}\u{10ffff}", f.actor);
    Ok(
        on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).bind(f.before).bind(f.looked_at)
        .bind(&f.actor).bind(&end).bind(&f.verb).bind(&f.subject_kind).bind(f.limit)
        .fetch_all(c).await?),
    )
}

/// The line at which [`list`] stopped looking; `None` where none comes after that.
pub async fn looked_until(
    conn: &mut Conn,
    tenant: TenantId,
    f: &ChangeFilter,
) -> Result<Option<i64>> {
    let last: Vec<i64> = on!(conn, c => sqlx::query_scalar(LOOKED_AT).bind(tenant.get())
        .bind(f.before).bind(f.looked_at - 1).fetch_all(c).await?);
    Ok(match last.as_slice() {
        [last, _] => Some(*last),
        _ => None,
    })
}
