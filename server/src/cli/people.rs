//! `exisone tenant create`, `admin create`, `admin password`, `admin end-second-factor`, `token create`: each
//! prints the one thing asked for.

use std::io::{self, BufRead as _, IsTerminal as _};

use domain::ids::TenantId;
use domain::permission::Permissions;
use domain::role::Role;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use engine::accounts::set_password as set_password_action;
use engine::tokens::create::{self as create_token_action, NewToken};
use engine::{Actor, tenants};
use secrecy::{ExposeSecret as _, SecretString};

use super::{open, refusal};
use crate::boot::BootError;
use crate::config::Config;

pub(super) async fn create_tenant(config: &Config, name: &str) -> Result<(), BootError> {
    let engine = open(config).await?;
    let id = tenants::create::execute(&engine, name)
        .await
        .map_err(|e| refusal(&e))?;
    println!("{id}");
    engine.db().close().await;
    Ok(())
}

pub(super) async fn create_admin(
    config: &Config,
    tenant: TenantId,
    (email, role): (&str, Role),
) -> Result<(), BootError> {
    let password = read_password()?;
    let engine = open(config).await?;
    let new = NewAdmin {
        tenant,
        email,
        role,
        password: &password,
    };
    match create_admin::execute(&engine, &new)
        .await
        .map_err(|e| refusal(&e))?
    {
        Created::Person(id) => println!("{id}"),
        Created::Membership(id) => {
            eprintln!("exisone: this person exists already; the password stays as it was");
            println!("{id}");
        }
    }
    engine.db().close().await;
    Ok(())
}

pub(super) async fn set_password(config: &Config, email: &str) -> Result<(), BootError> {
    let password = read_password()?;
    let engine = open(config).await?;
    let ended = set_password_action::execute(&engine, email, &password)
        .await
        .map_err(|e| refusal(&e))?;
    eprintln!("exisone: the password is set; sessions that ended: {ended}");
    engine.db().close().await;
    Ok(())
}

pub(super) async fn end_second_factor(config: &Config, email: &str) -> Result<(), BootError> {
    let engine = open(config).await?;
    let ended = engine::people::end_second_factor::by_email(&engine, email).await;
    ended.map_err(|e| refusal(&e))?;
    engine.db().close().await;
    Ok(())
}

pub(super) async fn create_token(
    config: &Config,
    tenant: TenantId,
    (permissions, name): (&str, String),
) -> Result<(), BootError> {
    let permissions: Permissions = permissions.parse().map_err(|_| {
        BootError(
            "--permissions takes a comma-separated list of verify, generate, email, manage".into(),
        )
    })?;
    let engine = open(config).await?;
    let known = tenants::list::ids(&engine).await.map_err(|e| refusal(&e))?;
    if !known.contains(&tenant) {
        return Err(BootError(format!("there is no tenant {tenant}")));
    }
    let new = NewToken {
        name,
        permissions,
        expires_at: None,
    };
    let created = create_token_action::execute(&engine, &Actor::system(tenant), &new)
        .await
        .map_err(|e| refusal(&e))?;
    println!("{}", created.token.expose_secret());
    engine.db().close().await;
    Ok(())
}

/// From a prompt where somebody sits there, else the first line of standard input. Never an argument:
/// other users of the machine can read those.
fn read_password() -> Result<SecretString, BootError> {
    if io::stdin().is_terminal() {
        let first = prompt("Password (at least 12 characters): ")?;
        if prompt("Again: ")?.expose_secret() != first.expose_secret() {
            return Err(BootError("the two passwords differ".into()));
        }
        return Ok(first);
    }
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|e| BootError::with("no password could be read from standard input", &e))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}

fn prompt(text: &str) -> Result<SecretString, BootError> {
    rpassword::prompt_password(text)
        .map(Into::into)
        .map_err(|e| BootError::with("no password could be read", &e))
}
