//! Rotating the master key: the installation key and every tenant key are wrapped anew, all or nothing.

use store::{installation, tenant_keys, tenants};

use crate::Engine;
use crate::error::{Error, Result};
use crate::keys::data_keys::tenant_key_place;
use crate::keys::installation::PLACE;
use crate::keys::master_key::MasterKey;

/// Wraps everything that the present master key wraps with `new`; answers how many keys.
/// Nodes that still run hold the former key and cannot read new rows, so they are stopped first.
pub async fn execute(engine: &Engine, new: &MasterKey) -> Result<usize> {
    let old = engine.master_key();
    let unreadable = || Error::fault("a key cannot be unwrapped with the present master key");
    let mut tx = engine.begin().await?;
    let wrapped = installation::find_key(&mut tx)
        .await?
        .ok_or_else(unreadable)?;
    let key = old.unwrap(PLACE, &wrapped).ok_or_else(unreadable)?;
    let wrapped = new.wrap(engine.random(), PLACE, &key)?;
    installation::rewrap_key(&mut tx, &wrapped).await?;
    let mut count = 1;
    for tenant in tenants::ids(&mut tx).await? {
        for row in tenant_keys::list(&mut tx, tenant).await? {
            let place = tenant_key_place(tenant, row.id);
            let key = old
                .unwrap(&place, &row.key_wrapped)
                .ok_or_else(unreadable)?;
            let wrapped = new.wrap(engine.random(), &place, &key)?;
            tenant_keys::rewrap(&mut tx, tenant, row.id, &wrapped).await?;
            count += 1;
        }
    }
    tx.commit().await?;
    Ok(count)
}
