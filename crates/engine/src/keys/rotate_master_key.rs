//! Rotating the master key beside servers that run: the installation key and every tenant key are
//! wrapped anew, all or nothing.
//!
//! The new key is kept beside the present one before anything is put under it, so that whoever meets
//! a wrapping that does not open finds the key for it by reading again. The installation's row is
//! locked while the keys are exchanged: two rotations, or a rotation and a new tenant key, follow
//! each other. Killed at any moment, the keys that are kept open everything, and running it again
//! finishes it.

use store::{Tx, installation, tenant_keys, tenants};

use crate::Engine;
use crate::error::{Error, Result};
use crate::keys::data_keys::tenant_key_place;
use crate::keys::installation::PLACE;
use crate::keys::master_key::MasterKey;

/// What a rotation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotated {
    /// So many keys are now under the wanted master key.
    Wrapped(usize),
    /// They were already; an earlier rotation, interrupted, is now finished.
    Finished,
}

/// Puts everything under the wanted key: its home's first where it is not the present one, else a
/// new one, which its home then keeps.
pub async fn execute(engine: &Engine) -> Result<Rotated> {
    let mut tx = engine.begin();
    let present = present(engine, &mut tx).await?;
    let keys = engine.key_ring().home().read();
    let wanted = match keys.as_slice() {
        [first, ..] if !first.is_same(&present) => Some(first.clone()),
        [_, _, ..] => None,
        _ => {
            let new = engine.new_master_key();
            keep(engine.key_ring().home().prepare(&new, &present))?;
            Some(new)
        }
    };
    let done = match wanted {
        Some(wanted) => Rotated::Wrapped(wrap_all(engine, &mut tx, &wanted).await?),
        None => Rotated::Finished,
    };
    tx.commit().await?;
    finish(engine).await?;
    Ok(done)
}

/// True where its home's first key is the one that everything is under, and nothing is left to do.
pub async fn is_done(engine: &Engine) -> Result<bool> {
    let mut tx = engine.begin();
    let present = present(engine, &mut tx).await?;
    let keys = engine.key_ring().home().read();
    Ok(keys.len() == 1 && keys[0].is_same(&present))
}

/// The master key that the installation is under. Whoever wraps something asks within the transaction:
/// the key cannot be exchanged before it ends.
pub(crate) async fn present(engine: &Engine, tx: &mut Tx) -> Result<MasterKey> {
    installation::lock(tx).await?;
    let wrapped = installation::find_key(tx).await?;
    let opened = wrapped.and_then(|wrapped| engine.key_ring().open(PLACE, &wrapped));
    let (master_key, _) = opened.ok_or_else(unreadable)?;
    Ok(master_key)
}

async fn wrap_all(engine: &Engine, tx: &mut Tx, wanted: &MasterKey) -> Result<usize> {
    let ring = engine.key_ring();
    let wrapped = installation::find_key(tx).await?.ok_or_else(unreadable)?;
    let key = ring.unwrap(PLACE, &wrapped).ok_or_else(unreadable)?;
    let wrapped = wanted.wrap(engine.random(), PLACE, &key)?;
    installation::rewrap_key(tx, &wrapped).await?;
    let mut count = 1;
    for tenant in tenants::ids(tx).await? {
        for row in tenant_keys::list(tx, tenant).await? {
            let place = tenant_key_place(tenant, row.id);
            let key = ring
                .unwrap(&place, &row.key_wrapped)
                .ok_or_else(unreadable)?;
            let wrapped = wanted.wrap(engine.random(), &place, &key)?;
            tenant_keys::rewrap(tx, tenant, row.id, &wrapped).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// Lets the key's home keep the present key alone. Under the lock, because another rotation may have begun.
async fn finish(engine: &Engine) -> Result<()> {
    let mut tx = engine.begin();
    let present = present(engine, &mut tx).await?;
    let home = engine.key_ring().home();
    let keys = home.read();
    if let Some((first, former)) = keys.split_first()
        && first.is_same(&present)
        && !former.is_empty()
    {
        keep(home.finish(&present, former))?;
    }
    tx.commit().await?;
    Ok(())
}

fn unreadable() -> Error {
    Error::fault("a key cannot be unwrapped with any master key that is given")
}

fn keep(outcome: std::result::Result<(), String>) -> Result<()> {
    outcome.map_err(|why| Error::Fault {
        context: "the master key cannot be kept",
        source: Some(why.into()),
    })
}
