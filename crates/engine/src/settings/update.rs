//! Changing settings, one or several at once.

use domain::email_address;
use domain::permission::Permission;
use serde_json::{Map, Value, json};
use store::tenants;

use super::Settings;
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// What is to change; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct SettingsChanges {
    /// Whether keys from test purchases are valid in programs.
    pub test_keys_valid: Option<bool>,
    /// Where customers write to; empty takes the address away.
    pub support_address: Option<String>,
}

/// Changes the tenant's settings; answers them as they are now. Field: `supportAddress`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    changes: &SettingsChanges,
) -> Result<Settings> {
    actor.may(Permission::Manage)?;
    let changes = parse(changes)?;
    let mut tx = engine.begin();
    let tenant = tenants::lock(&mut tx, actor.tenant()).await?;
    let tenant = tenant.ok_or(Error::NotFound("tenant"))?;
    let mut all: Map<String, Value> = serde_json::from_str(&tenant.settings)?;
    all.extend(changes.clone());
    let text = Value::Object(all).to_string();
    tenants::update_settings(&mut tx, tenant.id, &text).await?;
    let what = Change {
        subject: ("tenant", tenant.id.to_string()),
        verb: "settings_updated",
        data: Value::Object(changes),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    tx.commit().await?;
    super::parse(&text)
}

fn parse(changes: &SettingsChanges) -> Result<Map<String, Value>> {
    let mut parsed = Map::new();
    if let Some(valid) = changes.test_keys_valid {
        parsed.insert("testKeysValid".into(), json!(valid));
    }
    if let Some(text) = &changes.support_address {
        let address = match text.trim() {
            "" => String::new(),
            text => email_address::parse(text)
                .ok_or_else(|| Error::field("supportAddress", email_address::ADVICE))?,
        };
        parsed.insert("supportAddress".into(), json!(address));
    }
    Ok(parsed)
}
