//! Tenants' own mail servers: one a tenant at most, its URL sealed.

use domain::ids::TenantId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// A tenant's mail server.
#[derive(Clone, FromRow)]
pub struct MailServer {
    /// URL with user and password, sealed.
    pub url_sealed: Vec<u8>,
    /// Host and port, for reading.
    pub host: String,
    /// Who mails come from.
    pub sender: String,
    /// Another with every change.
    pub revision: Uuid,
    /// Unix milliseconds.
    pub updated_at: i64,
}

const FIND: &str = "select url_sealed, host, sender, revision, updated_at
    from mail_servers where tenant_id = $1";
const PUT: &str =
    "insert into mail_servers (tenant_id, url_sealed, host, sender, revision, updated_at)
    values ($1, $2, $3, $4, $5, $6) on conflict (tenant_id) do update set
        url_sealed = excluded.url_sealed, host = excluded.host, sender = excluded.sender,
        revision = excluded.revision, updated_at = excluded.updated_at";
const REMOVE: &str = "delete from mail_servers where tenant_id = $1";

/// The tenant's own mail server, if it has one.
pub async fn find(conn: &mut Conn, tenant: TenantId) -> Result<Option<MailServer>> {
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).fetch_optional(c).await?))
}

/// Gives the tenant a mail server, in place of one that it may have.
pub async fn put(tx: &mut Tx, tenant: TenantId, server: &MailServer) -> Result<()> {
    on!(tx, c => sqlx::query(PUT).bind(tenant.get()).bind(&server.url_sealed).bind(&server.host)
        .bind(&server.sender).bind(server.revision).bind(server.updated_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Takes the tenant's mail server away; false where it has none.
pub async fn remove(tx: &mut Tx, tenant: TenantId) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(REMOVE).bind(tenant.get()).execute(c).await?
        .rows_affected() == 1),
    )
}
