//! Memberships: which person has which role in which tenant.

use domain::ids::{PersonId, TenantId};
use domain::list_order::MemberOrder;
use domain::role::Role;
use sqlx::FromRow;
use uuid::Uuid;

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

/// Somebody who belongs to a tenant.
#[derive(Debug, Clone, FromRow)]
pub struct Member {
    /// Who.
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    /// Address as typed.
    pub email: String,
    /// Name, or empty.
    pub name: String,
    /// `owner`, `admin`, `support` or `viewer`.
    pub role: String,
    /// Since when; Unix milliseconds.
    pub created_at: i64,
    /// When a session of theirs in this tenant was last seen; Unix milliseconds.
    pub last_seen_at: Option<i64>,
    /// Since when a second factor is asked for; Unix milliseconds.
    pub second_factor_at: Option<i64>,
}

const PUT: &str = "insert into memberships (person_id, tenant_id, role, created_at)
    values ($1, $2, $3, $4) on conflict (person_id, tenant_id) do update set role = excluded.role";
const BY_PERSON: &str = "select m.tenant_id, t.name as tenant_name, m.role
    from memberships m join tenants t on t.id = m.tenant_id
    where m.person_id = $1 order by m.created_at, m.tenant_id";

// `cross join` keeps SQLite from walking the people of all tenants.
macro_rules! paged {
    ($($beyond:literal),+) => {
        concat!(
            "select m.person_id, p.email, p.name, m.role, m.created_at,
        (select max(s.last_seen_at) from sessions s
            where s.person_id = m.person_id and s.tenant_id = m.tenant_id) as last_seen_at,
        f.confirmed_at as second_factor_at
    from memberships m cross join people p
    left join second_factors f on f.person_id = m.person_id
    where m.tenant_id = $1 and p.id = m.person_id and p.email_key >= $4 and p.email_key < $5
        and ($7 = '' or m.role = $7) and ",
            $($beyond),+,
            " limit $6"
        )
    };
}
// The address of a place is looked up where the page begins, so that none stands in it. Whoever was let go meanwhile
// is still known by the tenant's change log; nobody else's address says where a page begins.
macro_rules! paged_by_email {
    ($beyond:literal, $way:literal, $outermost:literal) => {
        paged!(
            "p.email_key ",
            $beyond,
            " coalesce((select o.email_key from people o where o.id = $3 and $2 is not null
            and (exists (select 1 from memberships n where n.tenant_id = $1 and n.person_id = $3)
                or exists (select 1 from changes h where h.tenant_id = $1 and h.subject_kind = 'person'
                    and h.subject_id = $8 and h.verb = 'removed'))), '",
            $outermost,
            "') order by p.email_key ",
            $way
        )
    };
}
pub(crate) const PAGE: &str =
    paged!("(m.created_at, m.person_id) > ($2, $3) order by m.created_at, m.person_id");
pub(crate) const PAGE_BY_EMAIL: &str = paged_by_email!(">", "asc", "");
// The greatest of all characters.
const PAGE_BY_EMAIL_BACKWARDS: &str = paged_by_email!("<", "desc", "\u{10ffff}");
const OTHER_OWNERS: &str = "select count(*) from memberships
    where tenant_id = $1 and person_id <> $2 and role = 'owner'";
const REMOVE: &str = "delete from memberships where tenant_id = $1 and person_id = $2";

/// Gives a person a role in a tenant, in place of a former one.
pub async fn put(tx: &mut Tx, tenant: TenantId, of: (PersonId, &str), now: i64) -> Result<()> {
    on!(tx, c => sqlx::query(PUT).bind(of.0.get()).bind(tenant.get()).bind(of.1).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Which members are wanted, and in which order.
#[derive(Debug, Clone)]
pub struct MemberFilter {
    /// How the folded address begins, or empty.
    pub beginning: String,
    /// Only who has this role; `None` for all.
    pub role: Option<Role>,
    /// In which order.
    pub order: MemberOrder,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, PersonId)>,
    /// Rows wanted at most.
    pub limit: i64,
}

/// A page of who belongs to a tenant.
pub async fn page(conn: &mut Conn, tenant: TenantId, f: &MemberFilter) -> Result<Vec<Member>> {
    let (at, id) = f
        .after
        .map_or((i64::MIN, Uuid::nil()), |(at, id)| (at, id.get()));
    let (page, is_by_email) = match f.order {
        MemberOrder::Oldest => (PAGE, false),
        MemberOrder::Email => (PAGE_BY_EMAIL, true),
        MemberOrder::EmailBackwards => (PAGE_BY_EMAIL_BACKWARDS, true),
    };
    // The greatest of all characters.
    let end = format!("{}\u{10ffff}", f.beginning);
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(page).bind(tenant.get()).bind(at).bind(id).bind(&f.beginning)
            .bind(&end).bind(f.limit).bind(f.role.map_or("", Role::as_str));
        if is_by_email {
            // As the change log writes it.
            query = query.bind(id.to_string());
        }
        query.fetch_all(c).await?
    }))
}

/// How many owners a tenant has besides one person.
pub async fn count_other_owners(
    conn: &mut Conn,
    tenant: TenantId,
    person: PersonId,
) -> Result<i64> {
    Ok(
        on!(conn, c => sqlx::query_scalar(OTHER_OWNERS).bind(tenant.get()).bind(person.get())
        .fetch_one(c).await?),
    )
}

/// Takes a person out of a tenant; false where they are not in it.
pub async fn remove(tx: &mut Tx, tenant: TenantId, person: PersonId) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(REMOVE).bind(tenant.get()).bind(person.get())
        .execute(c).await?.rows_affected() == 1),
    )
}

/// A person's tenants, oldest membership first: this is how a tenant is found at sign-in.
pub async fn list_by_person(conn: &mut Conn, person: PersonId) -> Result<Vec<Membership>> {
    Ok(on!(conn, c => sqlx::query_as(BY_PERSON).bind(person.get()).fetch_all(c).await?))
}
