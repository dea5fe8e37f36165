//! Access tokens of programs: the public half in clear, the secret half as a hash.

use domain::folding::name_key;
use domain::ids::{AccessTokenId, TenantId};
use domain::list_order::LogOrder;
use domain::list_state::TokenState;
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::log_order::{BothWays, begins_after, both_ways};

/// An access token's row.
#[derive(Clone, FromRow)]
pub struct AccessToken {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: AccessTokenId,
    /// Whose it is.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// Name that an admin gave it.
    pub name: String,
    /// The half by which the row is found.
    pub public_id: String,
    /// SHA-256 of the secret half.
    pub secret_hash: Vec<u8>,
    /// Words joined by commas.
    pub permissions: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds; absent, it never expires.
    pub expires_at: Option<i64>,
    /// Unix milliseconds.
    pub revoked_at: Option<i64>,
    /// Unix milliseconds; at most once a minute.
    pub last_used_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, tenant_id, name, public_id, secret_hash, permissions, created_at, expires_at, revoked_at,
        last_used_at"
    };
}

const INSERT: &str = concat!(
    "insert into access_tokens (",
    columns!(),
    ", name_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
);
const LIST: &str = concat!(
    "select ",
    columns!(),
    " from access_tokens where tenant_id = $1 order by created_at desc, id desc limit 1000"
);
// They differ in the index that leads through them.
macro_rules! paged {
    ($beyond:literal, $way:literal, $narrowed:literal) => {
        paged!($beyond, $way, "access_tokens", $narrowed)
    };
    ($beyond:literal, $way:literal, $from:literal, $narrowed:literal) => {
        concat!(
            "select ",
            columns!(),
            " from ",
            $from,
            " where tenant_id = $1 and ",
            $narrowed,
            " and (created_at, id) ",
            $beyond,
            " ($2, $3) order by created_at ",
            $way,
            ", id ",
            $way,
            " limit $4"
        )
    };
}
// What a search finds is read from its own index first. `cross join` keeps SQLite from turning the two around.
macro_rules! found {
    ($beyond:literal, $way:literal) => {
        concat!(
            "with found (found_id) as materialized (select id from access_tokens
            where tenant_id = $1 and name_key >= $7 and name_key < $8) ",
            paged!(
                $beyond,
                $way,
                "found cross join access_tokens",
                "id = found_id and ($6 = '' or $6 = case when revoked_at is not null then 'revoked'
                    when expires_at <= $5 then 'expired' else 'active' end)"
            )
        )
    };
}
pub(crate) const PAGE: BothWays = both_ways!(paged!("$5 > 0 and $6 = ''"));
pub(crate) const PAGE_REVOKED: BothWays =
    both_ways!(paged!("revoked_at is not null and $5 > 0 and $6 <> ''"));
pub(crate) const PAGE_CURRENT: BothWays = both_ways!(paged!(
    "revoked_at is null and ($6 = 'expired') = (expires_at is not null and expires_at <= $5)"
));
pub(crate) const PAGE_FOUND: BothWays = both_ways!(found!());
const BY_PUBLIC_ID: &str = concat!(
    "select ",
    columns!(),
    " from access_tokens where public_id = $1"
);
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from access_tokens where tenant_id = $1 and id = $2"
);
const RENAME: &str =
    "update access_tokens set name = $3, name_key = $4 where tenant_id = $1 and id = $2";
const REVOKE: &str = "update access_tokens set revoked_at = $3
    where tenant_id = $1 and id = $2 and revoked_at is null";
const USED: &str = "update access_tokens set last_used_at = $3
    where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at < $3)";

/// Adds a token.
pub async fn insert(tx: &mut Tx, t: &AccessToken) -> Result<()> {
    on!(tx, c => sqlx::query(INSERT).bind(t.id.get()).bind(t.tenant_id.get()).bind(&t.name)
        .bind(&t.public_id).bind(&t.secret_hash).bind(&t.permissions).bind(t.created_at)
        .bind(t.expires_at).bind(t.revoked_at).bind(t.last_used_at)
        .bind(name_key(&t.name)).execute(c).await.map(drop))?;
    Ok(())
}

/// The tenant's tokens, newest first, at most 1,000.
pub async fn list(conn: &mut Conn, tenant: TenantId) -> Result<Vec<AccessToken>> {
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(tenant.get()).fetch_all(c).await?))
}

/// Which tokens are wanted, and in which order.
#[derive(Debug, Clone)]
pub struct TokenFilter {
    /// A state as of `now`, or all.
    pub state: Option<TokenState>,
    /// Unix milliseconds.
    pub now: i64,
    /// How the folded name begins, or empty.
    pub beginning: String,
    /// In which order.
    pub order: LogOrder,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, AccessTokenId)>,
    /// Rows wanted at most.
    pub limit: i64,
}

/// A page of tokens.
pub async fn page(conn: &mut Conn, tenant: TenantId, f: &TokenFilter) -> Result<Vec<AccessToken>> {
    let (at, id) = begins_after(f.order, f.after.map(|(at, id)| (at, id.get())));
    let page = match f.state {
        _ if !f.beginning.is_empty() => PAGE_FOUND,
        None => PAGE,
        Some(TokenState::Revoked) => PAGE_REVOKED,
        Some(TokenState::Active | TokenState::Expired) => PAGE_CURRENT,
    };
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(page.text(f.order)).bind(tenant.get()).bind(at).bind(id)
            .bind(f.limit).bind(f.now).bind(f.state.map_or("", TokenState::as_str));
        if !f.beginning.is_empty() {
            // The greatest of all characters.
            query = query.bind(&f.beginning).bind(format!("{}\u{10ffff}", f.beginning));
        }
        query.fetch_all(c).await?
    }))
}

/// The token with this public half, whatever its state; this is how its tenant is found.
pub async fn find_by_public_id(conn: &mut Conn, public_id: &str) -> Result<Option<AccessToken>> {
    Ok(on!(conn, c => sqlx::query_as(BY_PUBLIC_ID).bind(public_id).fetch_optional(c).await?))
}

/// One token of the tenant, whatever its state.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    id: AccessTokenId,
) -> Result<Option<AccessToken>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// Gives a token another name; false where there is none.
pub async fn rename(tx: &mut Tx, tenant: TenantId, id: AccessTokenId, name: &str) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(RENAME).bind(tenant.get()).bind(id.get()).bind(name)
        .bind(name_key(name)).execute(c).await?.rows_affected() == 1),
    )
}

/// Revokes a token; false where there is none, or it was revoked before.
pub async fn revoke(tx: &mut Tx, tenant: TenantId, id: AccessTokenId, now: i64) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(REVOKE).bind(tenant.get()).bind(id.get()).bind(now)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Notes when a token was last used; never moves back.
pub async fn note_used(tx: &mut Tx, tenant: TenantId, id: AccessTokenId, at: i64) -> Result<()> {
    on!(tx, c => sqlx::query(USED).bind(tenant.get()).bind(id.get()).bind(at)
        .execute(c).await.map(drop))?;
    Ok(())
}
