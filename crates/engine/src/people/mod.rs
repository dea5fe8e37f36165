//! Who belongs to a tenant: inviting, roles, letting go. Owners alone may; programs may not even look.

pub mod accept;
pub mod change_role;
pub mod end_second_factor;
pub mod invite;
pub(crate) mod letter;
pub mod list;
pub mod remove;

use domain::ids::{PersonId, TenantId};
use domain::role::Role;
use store::{Tx, memberships, people, tenants};

use crate::error::{Error, Result};

/// A role as a row has it.
fn role(word: &str) -> Result<Role> {
    word.parse()
        .map_err(|_| Error::fault("a membership's role is not known"))
}

/// The role of a member, with the tenant locked: nobody else changes who is an owner until the
/// transaction ends.
async fn lock_member(tx: &mut Tx, tenant: TenantId, person: PersonId) -> Result<Role> {
    tenants::lock(tx, tenant)
        .await?
        .ok_or(Error::NotFound("tenant"))?;
    let all = memberships::list_by_person(tx, person).await?;
    let here = all.iter().find(|membership| membership.tenant_id == tenant);
    role(&here.ok_or(Error::NotFound("person"))?.role)
}

/// The address that the change log calls a person by: whoever was removed stands in no list any more.
async fn address_of(tx: &mut Tx, person: PersonId) -> Result<String> {
    let found = people::find(tx, person).await?;
    Ok(found.ok_or(Error::NotFound("person"))?.email)
}

/// Refuses where nobody else is an owner.
async fn keep_an_owner(tx: &mut Tx, tenant: TenantId, person: PersonId) -> Result<()> {
    if memberships::count_other_owners(tx, tenant, person).await? > 0 {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "last_owner",
        message: "Nobody else is an owner here. Make somebody else one first.".into(),
    })
}
