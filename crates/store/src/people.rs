//! People: global, found by their folded address. What they may do stands in `memberships`.

use domain::ids::PersonId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// A person's row.
#[derive(Clone, FromRow)]
pub struct Person {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    /// Address as typed.
    pub email: String,
    /// The address folded; unique in the installation.
    pub email_key: String,
    /// Name as typed, or empty.
    pub name: String,
    /// Scheme and hash; never the password.
    pub password_hash: String,
    /// Sees what belongs to no tenant.
    pub is_operator: bool,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub updated_at: i64,
}

macro_rules! columns {
    () => {
        "id, email, email_key, name, password_hash, is_operator, created_at, updated_at"
    };
}

const INSERT: &str = concat!(
    "insert into people (",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (email_key) do nothing"
);
const FIND: &str = concat!("select ", columns!(), " from people where id = $1");
const BY_EMAIL: &str = concat!("select ", columns!(), " from people where email_key = $1");
const SET_PASSWORD_HASH: &str = "update people set password_hash = $3, updated_at = $4
    where id = $1 and password_hash = $2";
// Writing the row's own hash locks it on both databases until the transaction ends.
const LOCK_PASSWORD_HASH: &str = "update people set password_hash = password_hash
    where id = $1 and password_hash = $2";
const SET_TIME_ZONE: &str = "update people set time_zone = $2, updated_at = $3 where id = $1";
const FIRST: &str = "select id from people limit 1";

/// Adds a person; false where the address is in use.
pub async fn insert(tx: &mut Tx, p: &Person) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(INSERT).bind(p.id.get()).bind(&p.email).bind(&p.email_key)
        .bind(&p.name).bind(&p.password_hash).bind(p.is_operator).bind(p.created_at)
        .bind(p.updated_at).execute(c).await?.rows_affected() == 1),
    )
}

/// One person.
pub async fn find(conn: &mut Conn, id: PersonId) -> Result<Option<Person>> {
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(id.get()).fetch_optional(c).await?))
}

/// The person with this folded address.
pub async fn find_by_email(conn: &mut Conn, email_key: &str) -> Result<Option<Person>> {
    Ok(on!(conn, c => sqlx::query_as(BY_EMAIL).bind(email_key).fetch_optional(c).await?))
}

/// Replaces a password's hash; false where it is no longer `former`, for somebody was faster.
pub async fn replace_password_hash(
    tx: &mut Tx,
    id: PersonId,
    hash: (&str, &str),
    now: i64,
) -> Result<bool> {
    let (former, new) = hash;
    Ok(
        on!(tx, c => sqlx::query(SET_PASSWORD_HASH).bind(id.get()).bind(former).bind(new).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Keeps a password from being replaced until the transaction ends; false where its hash is no longer
/// this one.
pub async fn lock_password_hash(tx: &mut Tx, id: PersonId, hash: &str) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(LOCK_PASSWORD_HASH).bind(id.get()).bind(hash)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Sets the time zone that a person reads times in; empty is UTC. False where there is nobody.
pub async fn set_time_zone(tx: &mut Tx, id: PersonId, zone: &str, now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(SET_TIME_ZONE).bind(id.get()).bind(zone).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// True where the installation has anybody at all.
pub async fn is_anybody_there(conn: &mut Conn) -> Result<bool> {
    let first: Option<Uuid> = on!(conn, c => sqlx::query_scalar(FIRST).fetch_optional(c).await?);
    Ok(first.is_some())
}
