//! Activating a new tenant key: three data keys are wrapped anew, nothing is typed or sealed again.

use domain::ids::TenantId;
use domain::permission::Permission;
use serde_json::json;
use store::tenant_keys::{self, NewDataKey, NewTenantKey};
use store::{Tx, tenants};
use zeroize::Zeroizing;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;
use crate::keys::data_keys::{Purpose, data_key_place, open_data_key, tenant_key_place};
use crate::keys::rotate_master_key;
use crate::keys::seal::{self, Key};

/// Draws a new tenant key, puts the data keys under it and retires the former; answers its version.
/// Purchases that run meanwhile see either wrapping, and both open.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<i32> {
    actor.may(Permission::Manage)?;
    let mut tx = engine.begin();
    tenants::lock(&mut tx, actor.tenant()).await?;
    let version = activate(engine, &mut tx, actor).await?;
    tx.commit().await?;
    Ok(version)
}

/// The same within a transaction that has begun, for a new tenant.
pub(crate) async fn activate(engine: &Engine, tx: &mut Tx, actor: &Actor) -> Result<i32> {
    let tenant = actor.tenant();
    let now = engine.now();
    let version = tenant_keys::list(tx, tenant)
        .await?
        .first()
        .map_or(1, |k| k.version + 1);
    let id = engine.new_id();
    let key: Key = Zeroizing::new(engine.random());
    let master_key = rotate_master_key::present(engine, tx).await?;
    let wrapped = master_key.wrap(engine.random(), &tenant_key_place(tenant, id), &key)?;
    tenant_keys::retire_active(tx, tenant, now.millis()).await?;
    let row = NewTenantKey {
        id,
        version,
        key_wrapped: &wrapped,
        created_at: now.millis(),
    };
    tenant_keys::insert(tx, tenant, &row).await?;
    wrap_data_keys(engine, tx, tenant, (id, &key)).await?;
    let what = Change {
        subject: ("tenant_key", id.to_string()),
        verb: "activated",
        data: json!({ "version": version }),
        livemode: false,
    };
    change::write(tx, actor, now, what);
    Ok(version)
}

async fn wrap_data_keys(
    engine: &Engine,
    tx: &mut Tx,
    tenant: TenantId,
    under: (domain::ids::TenantKeyId, &Key),
) -> Result<()> {
    let existing = tenant_keys::data_keys(tx, tenant).await?;
    for row in &existing {
        let key = open_data_key(engine, tenant, row)?;
        let place = data_key_place(tenant, row.id);
        let wrapped = seal::seal(under.1, engine.random(), &place, key.as_slice())?;
        tenant_keys::rewrap_data_key(tx, tenant, row.id, (under.0, &wrapped)).await?;
    }
    for purpose in Purpose::ALL {
        if existing.iter().any(|row| row.purpose == purpose.as_str()) {
            continue;
        }
        let id = engine.new_id();
        let key: Key = Zeroizing::new(engine.random());
        let place = data_key_place(tenant, id);
        let wrapped = seal::seal(under.1, engine.random(), &place, key.as_slice())?;
        let row = NewDataKey {
            id,
            purpose: purpose.as_str(),
            tenant_key_id: under.0,
            key_wrapped: &wrapped,
            created_at: engine.now().millis(),
        };
        tenant_keys::insert_data_key(tx, tenant, &row).await?;
    }
    Ok(())
}
