//! Who belongs to the tenant, and who was asked to.

use domain::folding::email_key;
use domain::ids::{InvitationId, PersonId};
use domain::list_order::MemberOrder;
use domain::role::Role;
use domain::timestamp::Timestamp;
use store::invitations::{self, Invitation};
use store::memberships::{self, Member, MemberFilter};

use super::role;
use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::page::{self, PAGE_SIZE, Page, Place};

/// The tenant's people.
pub struct People {
    /// A page of who belongs to it.
    pub members: Page<MemberView>,
    /// Who was asked to, newest first; none for those who may not invite.
    pub invitations: Vec<InvitationView>,
}

/// Somebody who belongs to the tenant.
#[derive(Clone)]
pub struct MemberView {
    /// Id.
    pub id: PersonId,
    /// Address.
    pub email: String,
    /// Name, or empty.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Since when they belong here.
    pub joined_at: Timestamp,
    /// When a browser of theirs was last seen here; `None` where none is signed in.
    pub last_seen_at: Option<Timestamp>,
    /// Whether a second factor is asked for when they sign in.
    pub has_second_factor: bool,
}

/// Somebody who was asked to join.
#[derive(Clone)]
pub struct InvitationView {
    /// Id.
    pub id: InvitationId,
    /// Address.
    pub email: String,
    /// What they would be allowed to do.
    pub role: Role,
    /// Who asked.
    pub invited_by: String,
    /// When the link ends.
    pub expires_at: Timestamp,
}

/// Which members are wanted.
#[derive(Debug, Clone, Default)]
pub struct MemberQuery {
    /// How the address begins, as typed; empty for all.
    pub search: String,
    /// Only who has this role; `None` for all.
    pub role: Option<Role>,
    /// In which order.
    pub order: MemberOrder,
    /// Only who comes after this place.
    pub after: Option<Place>,
}

/// The tenant's people; with open invitations where the actor may manage people.
pub async fn execute(engine: &Engine, actor: &Actor, query: &MemberQuery) -> Result<People> {
    actor.may_see_people()?;
    let filter = MemberFilter {
        beginning: email_key(page::typed(&query.search)?),
        role: query.role,
        order: query.order,
        after: query.after.map(Place::row),
        limit: page::rows_to_fetch(PAGE_SIZE),
    };
    let mut conn = engine.read().await?;
    let members = memberships::page(&mut conn, actor.tenant(), &filter).await?;
    let place =
        |row: &Member| Place::of(Timestamp::from_millis(row.created_at), row.person_id.get());
    let open = if actor.may_manage_people().is_ok() {
        invitations::list_open(&mut conn, actor.tenant()).await?
    } else {
        Vec::new()
    };
    Ok(People {
        members: page::cut(members, PAGE_SIZE, place).try_map(member)?,
        invitations: open.into_iter().map(invitation).collect::<Result<_>>()?,
    })
}

fn member(row: Member) -> Result<MemberView> {
    Ok(MemberView {
        id: row.person_id,
        role: role(&row.role)?,
        email: row.email,
        name: row.name,
        joined_at: Timestamp::from_millis(row.created_at),
        last_seen_at: row.last_seen_at.map(Timestamp::from_millis),
        has_second_factor: row.second_factor_at.is_some(),
    })
}

fn invitation(row: Invitation) -> Result<InvitationView> {
    Ok(InvitationView {
        id: row.id,
        role: role(&row.role)?,
        email: row.email,
        invited_by: row.invited_by,
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}
