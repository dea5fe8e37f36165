//! Form errors and non-secret input on their way back to a browser without JavaScript.
//!
//! A row belongs to whoever has its unguessable id, and can be taken once.

use uuid::Uuid;

use crate::conn::{Tx, on};
use crate::error::Result;

const INSERT: &str = "insert into flash (id, data, created_at) values ($1, $2, $3)";
const TAKE: &str = "delete from flash where id = $1 and created_at >= $2 returning data";
const PRUNE_MANY: &str = "delete from flash where id in
    (select id from flash order by id desc limit 1000000 offset $1)";
const PRUNE: &str = "delete from flash where created_at < $1";

/// Puts JSON aside.
pub async fn insert(tx: &mut Tx, id: Uuid, data: &str, now: i64) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(id).bind(data).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes what was put aside at or after `oldest` (Unix milliseconds); a second time there is nothing.
pub async fn take(tx: &mut Tx, id: Uuid, oldest: i64) -> Result<Option<String>> {
    Ok(on!(tx, c => sqlx::query_scalar(TAKE).bind(id).bind(oldest).fetch_optional(c).await?))
}

/// Forgets all but the newest `keep`; ids sort by their time.
pub async fn prune_many(tx: &mut Tx, keep: i64) -> Result<()> {
    on!(tx, c => sqlx::query(PRUNE_MANY).bind(keep).execute(c).await.map(drop))?;
    Ok(())
}

/// Forgets what was put aside before `oldest`; answers how many rows.
pub async fn prune(tx: &mut Tx, oldest: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(PRUNE).bind(oldest).execute(c).await?.rows_affected()))
}
