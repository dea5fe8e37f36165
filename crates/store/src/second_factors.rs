//! Second factors of people, and the codes that help where one is lost.

use domain::ids::PersonId;
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// A person's second factor.
#[derive(Clone, FromRow)]
pub struct SecondFactor {
    /// The shared secret, sealed.
    pub secret_sealed: Vec<u8>,
    /// Steps up to this one are over.
    pub last_step: i64,
    /// Unix milliseconds; `None` until a first right code.
    pub confirmed_at: Option<i64>,
}

const BEGIN: &str =
    "insert into second_factors (person_id, secret_sealed, last_step, created_at)
    values ($1, $2, 0, $3) on conflict (person_id) do update set secret_sealed = excluded.secret_sealed,
        last_step = 0, created_at = excluded.created_at
    where second_factors.confirmed_at is null";
const FIND: &str =
    "select secret_sealed, last_step, confirmed_at from second_factors where person_id = $1";
const CONFIRM: &str = "update second_factors set confirmed_at = $2
    where person_id = $1 and confirmed_at is null";
const USE_STEP: &str =
    "update second_factors set last_step = $2 where person_id = $1 and last_step < $2";
const REMOVE: &str = "delete from second_factors where person_id = $1";
const ADD_CODE: &str = "insert into recovery_codes (person_id, code_hash) values ($1, $2)";
const USE_CODE: &str = "delete from recovery_codes where person_id = $1 and code_hash = $2";
const REMOVE_CODES: &str = "delete from recovery_codes where person_id = $1";
const COUNT_CODES: &str = "select count(*) from recovery_codes where person_id = $1";

/// Keeps a secret that waits for its first right code; false where one is confirmed already.
pub async fn begin(tx: &mut Tx, person: PersonId, sealed: &[u8], now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(BEGIN).bind(person.get()).bind(sealed).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// A person's second factor, confirmed or not.
pub async fn find(conn: &mut Conn, person: PersonId) -> Result<Option<SecondFactor>> {
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(person.get()).fetch_optional(c).await?))
}

/// Makes a second factor count; false where it does already, or there is none.
pub async fn confirm(tx: &mut Tx, person: PersonId, now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(CONFIRM).bind(person.get()).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Uses a step up; false where it, or a later one, was used before.
pub async fn use_step(tx: &mut Tx, person: PersonId, step: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(USE_STEP).bind(person.get()).bind(step)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Takes a second factor away with its recovery codes; false where there was none.
pub async fn remove(tx: &mut Tx, person: PersonId) -> Result<bool> {
    on!(tx, c => sqlx::query(REMOVE_CODES).bind(person.get()).execute(c).await.map(drop))?;
    Ok(on!(tx, c => sqlx::query(REMOVE).bind(person.get()).execute(c).await?.rows_affected() == 1))
}

/// Keeps these recovery codes in place of all former ones.
pub async fn replace_codes(tx: &mut Tx, person: PersonId, hashes: &[[u8; 32]]) -> Result<()> {
    on!(tx, c => sqlx::query(REMOVE_CODES).bind(person.get()).execute(c).await.map(drop))?;
    for hash in hashes {
        on!(tx, c => sqlx::query(ADD_CODE).bind(person.get()).bind(hash.as_slice())
            .execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Uses a recovery code up; false where there is none with this hash.
pub async fn use_code(tx: &mut Tx, person: PersonId, hash: &[u8]) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(USE_CODE).bind(person.get()).bind(hash)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// How many recovery codes are left.
pub async fn count_codes(conn: &mut Conn, person: PersonId) -> Result<i64> {
    Ok(on!(conn, c => sqlx::query_scalar(COUNT_CODES).bind(person.get()).fetch_one(c).await?))
}
