//! The tenants of a person who belongs to several, and going from one to another. It changes what is
//! looked at and nothing else, so the change log does not hear of it.

use domain::ids::TenantId;
use domain::role::Role;
use store::{memberships, sessions};

use super::session::SignedIn;
use crate::Engine;
use crate::error::{Error, Result};

/// A tenant that a person belongs to.
#[derive(Debug, Clone)]
pub struct WorkplaceView {
    /// Id.
    pub id: TenantId,
    /// Name.
    pub name: String,
    /// What they may do there.
    pub role: Role,
    /// True for the one that they look at.
    pub is_present: bool,
}

/// All of the person's, in the order in which they joined.
pub async fn list(engine: &Engine, who: &SignedIn) -> Result<Vec<WorkplaceView>> {
    let mut conn = engine.read().await?;
    let rows = memberships::list_by_person(&mut conn, who.session.person).await?;
    let view = |row: memberships::Membership| {
        let role = row.role.parse();
        Ok(WorkplaceView {
            id: row.tenant_id,
            name: row.tenant_name,
            role: role.map_err(|_| Error::fault("a membership's role is not known"))?,
            is_present: row.tenant_id == who.session.tenant,
        })
    };
    rows.into_iter().map(view).collect()
}

/// Lets the person's browser go on in another tenant of theirs.
pub async fn execute(engine: &Engine, who: &SignedIn, tenant: TenantId) -> Result<()> {
    let session = &who.session;
    let mut tx = engine.begin();
    let places = memberships::list_by_person(&mut tx, session.person).await?;
    if !places.iter().any(|place| place.tenant_id == tenant) {
        return Err(Error::NotFound("company"));
    }
    sessions::set_tenant(&mut tx, session.person, session.id, tenant).await?;
    Ok(tx.commit().await?)
}
