//! Accepting an invitation: as a new person with a password, or as somebody who is signed in already.

use domain::folding::email_key;
use domain::ids::{PersonId, TenantId};
use domain::role::Role;
use domain::timestamp::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use store::invitations::{self, Invitation};
use store::people::{self, Person};
use store::{Conn, Tx, memberships, sessions, tenants};

use super::role;
use crate::Engine;
use crate::accounts::session::{self, SignedIn};
use crate::accounts::{create_admin, password};
use crate::actor::{Actor, Who};
use crate::change::{self, Change};
use crate::error::{Error, Result};

const NAME_MAX: usize = 100;

/// What whoever has the link may know.
pub struct OpenInvitation {
    /// Name of the tenant.
    pub company: String,
    /// Address that was invited.
    pub email: String,
    /// What they would be allowed to do.
    pub role: Role,
    /// Who asked.
    pub invited_by: String,
    /// True where the address has an account, which signs in first.
    pub has_account: bool,
}

/// What a new person says.
pub struct NewPerson<'a> {
    /// Name, at most 100 characters.
    pub name: &'a str,
    /// At least 12 characters: see `domain::person`.
    pub password: &'a SecretString,
}

/// The invitation that a token opens; not found where it has ended.
pub async fn find(engine: &Engine, token: &str) -> Result<OpenInvitation> {
    let mut conn = engine.read().await?;
    let row = open(engine, &mut conn, token).await?;
    let tenant = tenants::find(&mut conn, row.tenant_id).await?;
    let person = people::find_by_email(&mut conn, &row.email_key).await?;
    Ok(OpenInvitation {
        company: tenant.ok_or(Error::NotFound("tenant"))?.name,
        role: role(&row.role)?,
        email: row.email,
        invited_by: row.invited_by,
        has_account: person.is_some(),
    })
}

/// Makes the person and their place in the tenant; answers the address to sign in with.
/// Fields: `name`, `password`.
pub async fn as_new(engine: &Engine, token: &str, new: &NewPerson<'_>) -> Result<String> {
    let row = open(engine, &mut engine.read().await?, token).await?;
    let name = parse_name(new.name)?;
    password::check(new.password, "password")?;
    let password_hash = create_admin::hash(engine, new.password).await?;
    let now = engine.now().millis();
    let person = Person {
        id: engine.new_id(),
        email: row.email.clone(),
        email_key: row.email_key.clone(),
        name,
        password_hash,
        is_operator: false,
        created_at: now,
        updated_at: now,
    };
    let mut tx = engine.begin();
    if !people::insert(&mut tx, &person).await? {
        return Err(Error::Conflict {
            code: "account_exists",
            message: "This address has an account already. Sign in, and open the link again."
                .into(),
        });
    }
    take(engine, &mut tx, &row, person.id).await?;
    tx.commit().await?;
    Ok(person.email)
}

/// Gives somebody who is signed in their place in the tenant, and lets their session go on there.
/// Refused where the invitation is for another address.
pub async fn as_signed_in(engine: &Engine, token: &str, who: &SignedIn) -> Result<()> {
    let row = open(engine, &mut engine.read().await?, token).await?;
    if email_key(&who.session.email) != row.email_key {
        return Err(Error::Forbidden(
            "This invitation is for another address. Sign in with that one.".into(),
        ));
    }
    let person = who.session.person;
    let mut tx = engine.begin();
    take(engine, &mut tx, &row, person).await?;
    sessions::set_tenant(&mut tx, person, who.session.id, row.tenant_id).await?;
    Ok(tx.commit().await?)
}

async fn open(engine: &Engine, conn: &mut Conn, token: &str) -> Result<Invitation> {
    let found = invitations::find_by_token(conn, &session::hash(token)).await?;
    let now = engine.now();
    found
        .filter(|row| Timestamp::from_millis(row.expires_at) > now)
        .ok_or(Error::NotFound(
            "invitation any more: it ends after seven days, and works once",
        ))
}

/// Ends the invitation and writes the place; a place that is there already keeps its role.
async fn take(engine: &Engine, tx: &mut Tx, row: &Invitation, person: PersonId) -> Result<()> {
    let now = engine.now();
    if !invitations::end(tx, row.tenant_id, row.id, now.millis()).await? {
        return Err(Error::NotFound("invitation any more"));
    }
    let role = role(&row.role)?;
    if is_member(tx, row.tenant_id, person).await? {
        return Ok(());
    }
    memberships::put(tx, row.tenant_id, (person, role.as_str()), now.millis()).await?;
    let who = Who::Person {
        id: person,
        email: row.email.clone(),
        role,
        is_operator: false,
    };
    let what = Change {
        subject: ("person", person.to_string()),
        verb: "joined",
        data: json!({
            "email": row.email,
            "role": role,
            "invitationId": row.id,
            "invitedBy": row.invited_by,
        }),
        livemode: false,
    };
    change::write(tx, &Actor::new(row.tenant_id, who), now, what);
    Ok(())
}

async fn is_member(tx: &mut Tx, tenant: TenantId, person: PersonId) -> Result<bool> {
    let all = memberships::list_by_person(tx, person).await?;
    Ok(all.iter().any(|m| m.tenant_id == tenant))
}

fn parse_name(text: &str) -> Result<String> {
    let name = text.trim();
    let is_name = (1..=NAME_MAX).contains(&name.chars().count());
    if !is_name || name.chars().any(char::is_control) {
        return Err(Error::field(
            "name",
            "Write your name, at most 100 characters.",
        ));
    }
    Ok(name.to_owned())
}
