//! Sessions: signed-in browsers, known by the hash of an opaque token.

use domain::ids::{PersonId, SessionId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// What a new session needs.
pub struct NewSession<'a> {
    /// Id.
    pub id: SessionId,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8],
    /// Whose it is.
    pub person_id: PersonId,
    /// The tenant that the person works in.
    pub tenant_id: TenantId,
    /// Address that it was opened from.
    pub address: &'a str,
    /// The browser's own description.
    pub user_agent: &'a str,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
}

/// A session with what its person may do: it is none once the membership is gone.
#[derive(Clone, FromRow)]
pub struct Session {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: SessionId,
    /// Whose it is.
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    /// The tenant that the person works in.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// Which side of the Test / Live switch the person looks at.
    pub livemode: bool,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds; at most once a minute.
    pub last_seen_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// The person's address as typed.
    pub email: String,
    /// The person's name, or empty.
    pub name: String,
    /// The time zone that the person reads times in; empty is UTC.
    pub time_zone: String,
    /// Sees what belongs to no tenant.
    pub is_operator: bool,
    /// The person's role in the tenant.
    pub role: String,
    /// The tenant's name.
    pub tenant_name: String,
}

/// A signed-in browser as its person may see it.
#[derive(Clone, FromRow)]
pub struct Browser {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: SessionId,
    /// Address that it was opened from.
    pub address: String,
    /// The browser's own description.
    pub user_agent: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds; at most once a minute.
    pub last_seen_at: i64,
}

const INSERT: &str =
    "insert into sessions (id, token_hash, person_id, tenant_id, livemode, address,
        user_agent, created_at, last_seen_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)";
const BY_TOKEN: &str =
    "select s.id, s.person_id, s.tenant_id, s.livemode, s.created_at, s.last_seen_at,
        s.expires_at, p.email, p.name, p.time_zone, p.is_operator, m.role, t.name as tenant_name
    from sessions s
    join people p on p.id = s.person_id
    join memberships m on m.person_id = s.person_id and m.tenant_id = s.tenant_id
    join tenants t on t.id = s.tenant_id
    where s.token_hash = $1 and s.expires_at > $2";
const SEEN: &str = "update sessions set last_seen_at = $2, expires_at = $3
    where id = $1 and last_seen_at < $2";
const SET_LIVEMODE: &str = "update sessions set livemode = $3 where person_id = $1 and id = $2";
const BY_PERSON: &str = "select id, address, user_agent, created_at, last_seen_at from sessions
    where person_id = $1 and expires_at > $2 order by last_seen_at desc, id desc limit 200";
const SET_TENANT: &str = "update sessions set tenant_id = $3 where person_id = $1 and id = $2";
const REPLACE_TOKEN: &str = "update sessions set token_hash = $3 where person_id = $1 and id = $2
    returning created_at";
const REMOVE_ONE: &str = "delete from sessions where person_id = $1 and id = $2";
const REMOVE_BY_MEMBER: &str = "delete from sessions where tenant_id = $1 and person_id = $2";
const REMOVE: &str = "delete from sessions where token_hash = $1";
const REMOVE_BY_PERSON: &str = "delete from sessions where person_id = $1";
const REMOVE_OTHERS: &str = "delete from sessions where person_id = $1 and id <> $2";
const PRUNE: &str = "delete from sessions where expires_at <= $1";

/// Opens a session, on the Test side of the switch.
pub async fn insert(tx: &mut Tx, s: &NewSession<'_>) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(s.id.get()).bind(s.token_hash).bind(s.person_id.get())
        .bind(s.tenant_id.get()).bind(false).bind(s.address).bind(s.user_agent).bind(s.created_at)
        .bind(s.expires_at).execute(c).await.map(drop))?;
    Ok(())
}

/// The session that a token opens, unless it has expired; this is how its tenant is found.
pub async fn find_by_token(
    conn: &mut Conn,
    token_hash: &[u8],
    now: i64,
) -> Result<Option<Session>> {
    Ok(on!(conn, c => sqlx::query_as(BY_TOKEN).bind(token_hash).bind(now).fetch_optional(c).await?))
}

/// Notes when a session was last seen and how long it lasts now; never moves back.
pub async fn note_seen(tx: &mut Tx, id: SessionId, seen_at: i64, expires_at: i64) -> Result<()> {
    on!(tx, c => sqlx::query(SEEN).bind(id.get()).bind(seen_at).bind(expires_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Turns the Test / Live switch of a person's session.
pub async fn set_livemode(
    tx: &mut Tx,
    person: PersonId,
    id: SessionId,
    livemode: bool,
) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(SET_LIVEMODE).bind(person.get()).bind(id.get()).bind(livemode)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Ends the session that a token opens; false where there was none.
pub async fn remove(tx: &mut Tx, token_hash: &[u8]) -> Result<bool> {
    Ok(on!(tx, c => sqlx::query(REMOVE).bind(token_hash).execute(c).await?.rows_affected() == 1))
}

/// A person's sessions that have not expired, last seen first, at most 200.
pub async fn list_by_person(conn: &mut Conn, person: PersonId, now: i64) -> Result<Vec<Browser>> {
    Ok(on!(conn, c => sqlx::query_as(BY_PERSON).bind(person.get()).bind(now).fetch_all(c).await?))
}

/// Lets a person's session go on in another tenant of theirs.
pub async fn set_tenant(
    tx: &mut Tx,
    person: PersonId,
    id: SessionId,
    tenant: TenantId,
) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(SET_TENANT).bind(person.get()).bind(id.get()).bind(tenant.get())
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Lets a person's session go on under another token; answers when it began, or nothing where there is
/// none.
pub async fn replace_token(
    tx: &mut Tx,
    person: PersonId,
    id: SessionId,
    token_hash: &[u8],
) -> Result<Option<i64>> {
    Ok(
        on!(tx, c => sqlx::query_scalar(REPLACE_TOKEN).bind(person.get()).bind(id.get())
        .bind(token_hash).fetch_optional(c).await?),
    )
}

/// Ends one session of a person; false where they have none with this id.
pub async fn remove_one(tx: &mut Tx, person: PersonId, id: SessionId) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(REMOVE_ONE).bind(person.get()).bind(id.get())
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Ends a person's sessions in one tenant; answers how many there were.
pub async fn remove_by_member(tx: &mut Tx, tenant: TenantId, person: PersonId) -> Result<u64> {
    Ok(
        on!(tx, c => sqlx::query(REMOVE_BY_MEMBER).bind(tenant.get()).bind(person.get())
        .execute(c).await?.rows_affected()),
    )
}

/// Ends all sessions of a person; answers how many there were.
pub async fn remove_by_person(tx: &mut Tx, person: PersonId) -> Result<u64> {
    Ok(
        on!(tx, c => sqlx::query(REMOVE_BY_PERSON).bind(person.get()).execute(c).await?.rows_affected()),
    )
}

/// Ends all sessions of a person but this one; answers how many there were.
pub async fn remove_others(tx: &mut Tx, person: PersonId, but: SessionId) -> Result<u64> {
    Ok(
        on!(tx, c => sqlx::query(REMOVE_OTHERS).bind(person.get()).bind(but.get())
        .execute(c).await?.rows_affected()),
    )
}

/// Forgets sessions that have expired; answers how many.
pub async fn prune(tx: &mut Tx, now: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(PRUNE).bind(now).execute(c).await?.rows_affected()))
}
