//! Changing settings, one or several at once.

use domain::permission::Permission;
use domain::settings_form::{MailServerChange, SettingsForm, TenantSettings};
use serde_json::{Map, Value, json};
use store::{mail_servers, tenants};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::settings::mail_server;

/// Changes the tenant's settings; answers them as they are now. Fields: `companyName`,
/// `supportAddress`, `testKeysValid`, `mailServerUrl`, `mailSender`, `ownMailServer`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    form: &SettingsForm,
) -> Result<TenantSettings> {
    actor.may(Permission::Manage)?;
    let mut tx = engine.begin();
    let tenant = tenants::lock(&mut tx, actor.tenant()).await?;
    let tenant = tenant.ok_or(Error::NotFound("tenant"))?;
    let current = super::of(&tenant)?;
    let server = mail_servers::find(&mut tx, tenant.id).await?;
    let sender = server.as_ref().map(|server| server.sender.as_str());
    let (wanted, own_server) = parse(form, &current, sender)?;
    let mut changes = differences(&current, &wanted);
    if !changes.is_empty() {
        let mut all: Map<String, Value> = serde_json::from_str(&tenant.settings)?;
        all.extend(changes.clone());
        // The name has a column of its own.
        all.remove(COMPANY_NAME);
        let text = Value::Object(all).to_string();
        tenants::update(&mut tx, tenant.id, (&wanted.company_name, &text)).await?;
    }
    let kept = mail_server::keep(engine, &mut tx, (tenant.id, server), own_server).await?;
    let wakes = !kept.is_empty();
    changes.extend(kept);
    if changes.is_empty() {
        return Ok(wanted);
    }
    let what = Change {
        subject: ("tenant", tenant.id.to_string()),
        verb: "settings_updated",
        data: Value::Object(changes),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    tx.commit().await?;
    if wakes {
        engine.wake_worker();
    }
    Ok(wanted)
}

/// All that is wrong is told at once.
fn parse(
    form: &SettingsForm,
    current: &TenantSettings,
    sender: Option<&str>,
) -> Result<(TenantSettings, MailServerChange)> {
    match (form.parse_update(current), form.parse_mail_server(sender)) {
        (Ok(settings), Ok(own_server)) => Ok((settings, own_server)),
        (Err(errors), Ok(_)) | (Ok(_), Err(errors)) => Err(errors.into()),
        (Err(mut errors), Err(more)) => {
            errors.0.extend(more.0);
            Err(errors.into())
        }
    }
}

const COMPANY_NAME: &str = "companyName";

/// What is another now, by its name in JSON.
fn differences(current: &TenantSettings, wanted: &TenantSettings) -> Map<String, Value> {
    let mut changes = Map::new();
    if wanted.company_name != current.company_name {
        changes.insert(COMPANY_NAME.into(), json!(wanted.company_name));
    }
    if wanted.support_address != current.support_address {
        changes.insert("supportAddress".into(), json!(wanted.support_address));
    }
    if wanted.test_keys_valid != current.test_keys_valid {
        changes.insert("testKeysValid".into(), json!(wanted.test_keys_valid));
    }
    changes
}
