//! A tenant's own mail server, which goes before the installation's: what it is, and keeping it.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use domain::mail_server::{SENDER_ADVICE, URL_ADVICE, host};
use domain::settings_form::MailServerChange;
use moka::sync::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use store::mail_servers::{self, MailServer as Row};
use store::{Conn, Tx, jobs};
use uuid::Uuid;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::jobs::DELIVER_MAIL;
use crate::keys::data_keys::{DataKeys, Place};
use crate::ports::{MailServer, MailServerProblem, Mailer};

/// Tenants whose own servers are kept open at most, each with a few connections.
const CAPACITY: u64 = 100;
/// A server that sends nothing for so long is closed.
const IDLE: Duration = Duration::from_mins(10);

/// Where a tenant's mails go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedMailServer {
    /// Host and sender.
    pub server: MailServer,
    /// The tenant's own, or else the installation's.
    pub is_own: bool,
}

/// Where the tenant's mails go; `None` where they wait in the outbox.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Option<UsedMailServer>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    find(engine, &mut conn, actor.tenant()).await
}

/// The same on a connection that is there.
pub(crate) async fn find(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
) -> Result<Option<UsedMailServer>> {
    let own = mail_servers::find(conn, tenant).await?;
    let own = own.map(|row| UsedMailServer {
        server: MailServer {
            host: row.host,
            sender: row.sender,
        },
        is_own: true,
    });
    let installed = || {
        engine.mail_server().map(|server| UsedMailServer {
            server,
            is_own: false,
        })
    };
    Ok(own.or_else(installed))
}

/// Tenants' own servers that were used lately, open; bounded, and another revision takes the place.
pub(crate) struct OwnMailers(Cache<TenantId, (Uuid, Arc<dyn Mailer>)>);

impl Default for OwnMailers {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE);
        Self(cache.build())
    }
}

impl OwnMailers {
    /// True where the tenant's own server was used lately.
    pub(crate) fn has(&self, tenant: TenantId) -> bool {
        self.0.contains_key(&tenant)
    }
}

/// What hands the tenant's mails over: its own server or else the installation's. One that cannot be
/// opened is a fault, for its mails must not go out over another.
pub(crate) async fn mailer(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
) -> Result<Option<Arc<dyn Mailer>>> {
    let Some(row) = mail_servers::find(conn, tenant).await? else {
        return Ok(engine.mailer());
    };
    let cache = &engine.own_mailers().0;
    if let Some((revision, mailer)) = cache.get(&tenant)
        && revision == row.revision
    {
        return Ok(Some(mailer));
    }
    let url = open_url(engine, conn, tenant, &row).await?;
    let url = url.ok_or(Error::fault("a tenant's mail server cannot be unsealed"))?;
    let mailer = engine.mail_servers().open(&url, &row.sender);
    let mailer = mailer.map_err(|_| Error::fault("a tenant's mail server cannot be used"))?;
    cache.insert(tenant, (row.revision, mailer.clone()));
    Ok(Some(mailer))
}

async fn open_url(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    row: &Row,
) -> Result<Option<SecretString>> {
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let url = keys.open_secret(&place(&tenant.to_string()), &row.url_sealed);
    Ok(url.map(|url| SecretString::from(url.as_str())))
}

/// Writes what becomes of the tenant's own server, and lets waiting mails try it at once; answers what
/// is another now, without secrets.
pub(super) async fn keep(
    engine: &Engine,
    tx: &mut Tx,
    (tenant, saved): (TenantId, Option<Row>),
    change: MailServerChange,
) -> Result<Map<String, Value>> {
    let changes = match (change, saved) {
        (MailServerChange::Keep, _) | (MailServerChange::Remove, None) => return Ok(Map::new()),
        (MailServerChange::Remove, Some(_)) => {
            mail_servers::remove(tx, tenant).await?;
            json!({ "mailServer": "the installation's" })
        }
        (MailServerChange::Set { url: None, sender }, Some(saved)) if sender == saved.sender => {
            return Ok(Map::new());
        }
        (MailServerChange::Set { url, sender }, saved) => {
            set(engine, tx, (tenant, saved), (url.as_deref(), sender)).await?
        }
    };
    jobs::wake(tx, tenant, DELIVER_MAIL, engine.now().millis()).await?;
    Ok(serde_json::from_value(changes)?)
}

async fn set(
    engine: &Engine,
    tx: &mut Tx,
    (tenant, saved): (TenantId, Option<Row>),
    (url, sender): (Option<&str>, String),
) -> Result<Value> {
    let is_url_new = url.is_some();
    let url = match (url, saved) {
        (Some(url), _) => Some(SecretString::from(url)),
        (None, Some(saved)) => open_url(engine, tx, tenant, &saved).await?,
        (None, None) => None,
    };
    let url = url.ok_or_else(|| Error::field("mailServerUrl", URL_ADVICE))?;
    engine
        .mail_servers()
        .open(&url, &sender)
        .map_err(|problem| match problem {
            MailServerProblem::Url => Error::field("mailServerUrl", URL_ADVICE),
            MailServerProblem::Sender => Error::field("mailSender", SENDER_ADVICE),
        })?;
    let url = url.expose_secret();
    let keys = DataKeys::load(engine, tx, tenant).await?;
    let row = Row {
        url_sealed: keys.seal_secret(engine, &place(&tenant.to_string()), url)?,
        host: host(url).unwrap_or_default().to_owned(),
        sender,
        revision: engine.new_id(),
        updated_at: engine.now().millis(),
    };
    mail_servers::put(tx, tenant, &row).await?;
    Ok(json!({ "mailServer": row.host, "mailSender": row.sender,
        "mailServerUrlChanged": is_url_new }))
}

const fn place(row: &str) -> Place<'_> {
    Place {
        table: "mail_servers",
        row,
        column: "url",
    }
}
