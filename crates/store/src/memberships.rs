//! Memberships: which person has which role in which tenant.

use domain::ids::{PersonId, TenantId};
use sqlx::FromRow;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;

/// A person's place in one tenant.
#[derive(Debug, Clone, FromRow)]
pub struct Membership {
    /// Tenant.
    #[sqlx(try_from = "i32")]
    pub tenant_id: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// `owner`, `admin`, `support` or `viewer`.
    pub role: String,
}

const PUT: &str = "insert into memberships (person_id, tenant_id, role, created_at)
    values ($1, $2, $3, $4) on conflict (person_id, tenant_id) do update set role = excluded.role";
const BY_PERSON: &str = "select m.tenant_id, t.name as tenant_name, m.role
    from memberships m join tenants t on t.id = m.tenant_id
    where m.person_id = $1 order by m.created_at, m.tenant_id";

/// Gives a person a role in a tenant, in place of a former one.
pub async fn put(tx: &mut Tx, tenant: TenantId, of: (PersonId, &str), now: i64) -> Result<()> {
    on!(tx, c => sqlx::query(PUT).bind(of.0.get()).bind(tenant.get()).bind(of.1).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// A person's tenants, oldest membership first: this is how a tenant is found at sign-in.
pub async fn list_by_person(conn: &mut Conn, person: PersonId) -> Result<Vec<Membership>> {
    Ok(on!(conn, c => sqlx::query_as(BY_PERSON).bind(person.get()).fetch_all(c).await?))
}
