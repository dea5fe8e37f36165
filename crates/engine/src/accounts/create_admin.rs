//! Creating somebody who can sign in to a tenant, at the server's own machine.

use domain::email_address;
use domain::folding::email_key;
use domain::ids::{PersonId, TenantId};
use domain::role::Role;
use secrecy::SecretString;
use serde_json::json;
use store::people::{self, Person};
use store::{Tx, installation, memberships, tenants};

use super::password;
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Who is wanted.
pub struct NewAdmin<'a> {
    /// The tenant to sign in to.
    pub tenant: TenantId,
    /// Address; one person per address in the installation.
    pub email: &'a str,
    /// What the person may do there.
    pub role: Role,
    /// At least 12 characters; not used where the person exists already.
    pub password: &'a SecretString,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Created {
    /// A new person, who signs in with the given password.
    Person(PersonId),
    /// Somebody who was there already has the role in this tenant now, and keeps the password.
    Membership(PersonId),
}

/// Creates a person with a role in a tenant, or gives the person with this address that role.
/// The installation's first person is its operator.
pub async fn execute(engine: &Engine, new: &NewAdmin<'_>) -> Result<Created> {
    let email = parse_email(new.email)?;
    password::check(new.password, "password")?;
    let hash = hash(engine, new.password).await?;
    let mut tx = engine.begin();
    installation::lock(&mut tx).await?;
    if tenants::find(&mut tx, new.tenant).await?.is_none() {
        return Err(Error::NotFound("tenant"));
    }
    let person = person(engine, &mut tx, email, hash).await?;
    let created = add(engine, &mut tx, &person, (new.tenant, new.role)).await?;
    tx.commit().await?;
    Ok(created)
}

/// A person who is not stored yet; the operator, where there is nobody.
pub(super) async fn person(
    engine: &Engine,
    tx: &mut Tx,
    email: String,
    password_hash: String,
) -> Result<Person> {
    let now = engine.now().millis();
    Ok(Person {
        id: engine.new_id(),
        email_key: email_key(&email),
        email,
        name: String::new(),
        password_hash,
        is_operator: !people::is_anybody_there(tx).await?,
        created_at: now,
        updated_at: now,
    })
}

/// Stores the person, unless the address is known, and the role.
pub(super) async fn add(
    engine: &Engine,
    tx: &mut Tx,
    person: &Person,
    (tenant, role): (TenantId, Role),
) -> Result<Created> {
    let now = engine.now();
    let created = if people::insert(tx, person).await? {
        Created::Person(person.id)
    } else {
        let known = people::find_by_email(tx, &person.email_key).await?;
        let known = known.ok_or(Error::fault("a person vanished"))?;
        Created::Membership(known.id)
    };
    let (Created::Person(id) | Created::Membership(id)) = created;
    memberships::put(tx, tenant, (id, role.as_str()), now.millis()).await?;
    let what = Change {
        subject: ("person", id.to_string()),
        verb: "joined",
        data: json!({ "email": person.email, "role": role }),
        livemode: false,
    };
    change::write(tx, &Actor::system(tenant), now, what);
    Ok(created)
}

pub(super) fn parse_email(text: &str) -> Result<String> {
    email_address::parse(text).ok_or_else(|| Error::field("email", email_address::ADVICE))
}

pub(crate) async fn hash(engine: &Engine, password: &SecretString) -> Result<String> {
    let hasher = &engine.accounts().hasher;
    hasher.hash(password, engine.random()).await
}
