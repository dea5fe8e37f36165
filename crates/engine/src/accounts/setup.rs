//! The very first person and tenant, made in the browser by whoever has the start's set-up code.
//! Once anybody exists, there is no such page.

use std::net::IpAddr;

use domain::ids::{PersonId, TenantId};
use domain::role::Role;
use secrecy::{ExposeSecret, SecretString};
use store::{installation, people};
use subtle::ConstantTimeEq;

use super::create_admin::{self, Created};
use super::password;
use super::throttle::{Door, PASSWORDS};
use crate::Engine;
use crate::crypto::signing_keys;
use crate::error::{Error, Result};
use crate::tenants;

/// What the set-up page sends.
pub struct FirstPerson<'a> {
    /// The set-up code as typed.
    pub code: &'a SecretString,
    /// Name of the first tenant.
    pub tenant_name: &'a str,
    /// Address of its owner.
    pub email: &'a str,
    /// At least 12 characters: see `domain::person`.
    pub password: &'a SecretString,
    /// Where the request comes from.
    pub address: IpAddr,
}

/// True while nobody exists.
pub async fn is_needed(engine: &Engine) -> Result<bool> {
    let mut conn = engine.read().await?;
    Ok(!people::is_anybody_there(&mut conn).await?)
}

/// Creates tenant and owner in one transaction. `code` is the one that the start printed.
/// Fields: `code`, `tenantName`, `email`, `password`. Once anybody exists: not found.
pub async fn create_first(
    engine: &Engine,
    code: &SecretString,
    first: &FirstPerson<'_>,
) -> Result<(TenantId, PersonId)> {
    if !is_needed(engine).await? {
        return Err(Error::NotFound("page"));
    }
    let throttle = &engine.accounts().throttle;
    let door = Door {
        account: "set-up code",
        address: first.address,
        browser: None,
        at_most: PASSWORDS,
    };
    let attempt = throttle.count(engine.now(), &door)?;
    if !is_same(code, first.code) {
        return Err(Error::field(
            "code",
            "This is not the set-up code. It was printed when the server started, \
             and stands in the file data/setup-code.",
        ));
    }
    attempt.succeeded();
    let name = tenants::create::parse_name(first.tenant_name, "tenantName")?;
    let email = create_admin::parse_email(first.email)?;
    password::check(first.password, "password")?;
    let hash = create_admin::hash(engine, first.password).await?;
    let mut tx = engine.begin();
    installation::lock(&mut tx).await?;
    if people::is_anybody_there(&mut tx).await? {
        return Err(Error::NotFound("page"));
    }
    let tenant = tenants::create::create(engine, &mut tx, &name).await?;
    let person = create_admin::person(engine, &mut tx, email, hash).await?;
    let role = (tenant, Role::Owner);
    let (Created::Person(id) | Created::Membership(id)) =
        create_admin::add(engine, &mut tx, &person, role).await?;
    tx.commit().await?;
    signing_keys::prepare(engine, tenant).await;
    Ok((tenant, id))
}

fn is_same(expected: &SecretString, given: &SecretString) -> bool {
    let expected = expected.expose_secret().trim();
    let given = given.expose_secret().trim();
    !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(given.as_bytes()))
}
