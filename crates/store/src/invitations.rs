//! Invitations: who was asked to join a tenant, and the hash of what opens it.

use domain::ids::{InvitationId, MailId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// An invitation's row.
#[derive(Clone, FromRow)]
pub struct Invitation {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: InvitationId,
    /// Where it leads to.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// Address as typed.
    pub email: String,
    /// The address folded; one open invitation each.
    pub email_key: String,
    /// `owner`, `admin`, `support` or `viewer`.
    pub role: String,
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// The token, sealed.
    pub token_sealed: Vec<u8>,
    /// The mail that brings the token.
    #[sqlx(try_from = "Uuid")]
    pub mail_id: MailId,
    /// Name of whoever invited.
    pub invited_by: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// Accepted or withdrawn; Unix milliseconds.
    pub ended_at: Option<i64>,
}

macro_rules! columns {
    () => {
        "id, tenant_id, email, email_key, role, token_hash, token_sealed, mail_id, invited_by,
        created_at, expires_at, ended_at"
    };
}

const INSERT: &str = concat!(
    "insert into invitations (",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    on conflict (tenant_id, email_key) where ended_at is null do nothing"
);
const BY_TOKEN: &str = concat!(
    "select ",
    columns!(),
    " from invitations where token_hash = $1 and ended_at is null"
);
const BY_MAIL: &str = concat!(
    "select ",
    columns!(),
    " from invitations where tenant_id = $1 and mail_id = $2 and ended_at is null"
);
const FIND_OPEN: &str = concat!(
    "select ",
    columns!(),
    " from invitations where tenant_id = $1 and id = $2 and ended_at is null"
);
const LIST_OPEN: &str = concat!(
    "select ",
    columns!(),
    " from invitations where tenant_id = $1 and ended_at is null
    order by created_at desc, id desc limit 1000"
);
const RENEW: &str = "update invitations set token_hash = $3, token_sealed = $4, mail_id = $5,
        invited_by = $6, expires_at = $7
    where tenant_id = $1 and id = $2 and ended_at is null";
// What is left of an ended one opens nothing.
const END: &str = "update invitations set ended_at = $3, token_sealed = $4
    where tenant_id = $1 and id = $2 and ended_at is null";

/// Adds an invitation; false where the address has an open one.
pub async fn insert(tx: &mut Tx, i: &Invitation) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(INSERT).bind(i.id.get()).bind(i.tenant_id.get()).bind(&i.email)
        .bind(&i.email_key).bind(&i.role).bind(&i.token_hash).bind(&i.token_sealed)
        .bind(i.mail_id.get()).bind(&i.invited_by).bind(i.created_at).bind(i.expires_at)
        .bind(i.ended_at).execute(c).await?.rows_affected() == 1),
    )
}

/// The open invitation that a token opens; this is how its tenant is found. It may have expired.
pub async fn find_by_token(conn: &mut Conn, token_hash: &[u8]) -> Result<Option<Invitation>> {
    Ok(on!(conn, c => sqlx::query_as(BY_TOKEN).bind(token_hash).fetch_optional(c).await?))
}

/// The open invitation whose token a mail brings.
pub async fn find_by_mail(
    conn: &mut Conn,
    tenant: TenantId,
    mail: MailId,
) -> Result<Option<Invitation>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_MAIL).bind(tenant.get()).bind(mail.get())
        .fetch_optional(c).await?),
    )
}

/// One open invitation of the tenant.
pub async fn find_open(
    conn: &mut Conn,
    tenant: TenantId,
    id: InvitationId,
) -> Result<Option<Invitation>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND_OPEN).bind(tenant.get()).bind(id.get())
        .fetch_optional(c).await?),
    )
}

/// The tenant's open invitations, newest first, at most 1,000; expired ones too.
pub async fn list_open(conn: &mut Conn, tenant: TenantId) -> Result<Vec<Invitation>> {
    Ok(on!(conn, c => sqlx::query_as(LIST_OPEN).bind(tenant.get()).fetch_all(c).await?))
}

/// Gives an open invitation the token, mail, inviter and end of `renewed`; false where it has ended.
pub async fn renew(tx: &mut Tx, renewed: &Invitation) -> Result<bool> {
    let i = renewed;
    Ok(
        on!(tx, c => sqlx::query(RENEW).bind(i.tenant_id.get()).bind(i.id.get()).bind(&i.token_hash)
        .bind(&i.token_sealed).bind(i.mail_id.get()).bind(&i.invited_by).bind(i.expires_at)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Ends an open invitation and forgets its token; false where it has ended already.
pub async fn end(tx: &mut Tx, tenant: TenantId, id: InvitationId, now: i64) -> Result<bool> {
    let nothing: &[u8] = &[];
    Ok(
        on!(tx, c => sqlx::query(END).bind(tenant.get()).bind(id.get()).bind(now).bind(nothing)
        .execute(c).await?.rows_affected() == 1),
    )
}
