//! Creating a tenant: its row, its first tenant key and the data keys under it, all or nothing.

use domain::ids::TenantId;
use serde_json::json;
use store::{Tx, tenants};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::crypto::signing_keys;
use crate::error::{Error, Result};
use crate::keys::activate_tenant_key;

/// Longest name, in characters.
const LONGEST_NAME: usize = 100;

/// Creates a tenant on behalf of the system; answers its id.
pub async fn execute(engine: &Engine, name: &str) -> Result<TenantId> {
    let name = parse_name(name, "name")?;
    let mut tx = engine.begin();
    let tenant = create(engine, &mut tx, &name).await?;
    tx.commit().await?;
    signing_keys::prepare(engine, tenant).await;
    Ok(tenant)
}

/// The same within a transaction that has begun; the name has been parsed.
pub(crate) async fn create(engine: &Engine, tx: &mut Tx, name: &str) -> Result<TenantId> {
    let now = engine.now();
    let tenant = tenants::insert(tx, name, now.millis()).await?;
    let actor = Actor::system(tenant);
    let what = Change {
        subject: ("tenant", tenant.to_string()),
        verb: "created",
        data: json!({ "name": name }),
        livemode: false,
    };
    change::write(tx, &actor, now, what);
    activate_tenant_key::activate(engine, tx, &actor).await?;
    Ok(tenant)
}

/// A tenant's name, trimmed; `field` is where an error stands.
pub(crate) fn parse_name(name: &str, field: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::field(field, "Give it a name."));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::field(
            field,
            "Use at most 100 characters, all on one line.",
        ));
    }
    Ok(name.to_owned())
}
