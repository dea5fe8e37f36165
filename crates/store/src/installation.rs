//! The one row that says whose installation this is: its key under the master key.

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

const FIND: &str = "select key_wrapped from installation where id = 1";
const INSERT: &str = "insert into installation (id, key_wrapped, created_at) values (1, $1, $2)
    on conflict (id) do nothing";
const LOCK: &str = "update installation set created_at = created_at where id = 1";
const REWRAP: &str = "update installation set key_wrapped = $1 where id = 1";

/// The wrapped installation key; absent before the first start.
pub async fn find_key(conn: &mut Conn) -> Result<Option<Vec<u8>>> {
    Ok(on!(conn, c => sqlx::query_scalar(FIND).fetch_optional(c).await?))
}

/// Keeps the wrapped installation key; answers false where another node was first.
pub async fn insert_key(tx: &mut Tx, wrapped: &[u8], now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(INSERT).bind(wrapped).bind(now).execute(c).await?.rows_affected() == 1),
    )
}

/// Replaces the wrapped installation key, when the master key is rotated.
pub async fn rewrap_key(tx: &mut Tx, wrapped: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(REWRAP).bind(wrapped).execute(c).await.map(drop))?;
    Ok(())
}

/// Makes whoever else calls this wait until the transaction ends: what must happen once in an
/// installation (its first person) is judged one after the other.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    on!(tx, c => sqlx::query(LOCK).execute(c).await.map(drop))?;
    Ok(())
}
