//! `exisone master-key generate` and `rotate`.

use std::path::Path;

use engine::Engine;
use engine::keys::master_key::MasterKey;
use engine::keys::rotate_master_key::{self, Rotated};

use super::{open, refusal};
use crate::boot::{self, BootError};
use crate::config::{Config, MasterKeySource};
use crate::outbound::entropy::SystemEntropy;
use crate::outbound::master_key::KeyFile;

pub(super) fn generate(output: Option<&Path>) -> Result<(), BootError> {
    let key = MasterKey::generate(&SystemEntropy);
    match output {
        None => println!("{}", *key.to_text()),
        Some(path) => write_new(path, &key)?,
    }
    Ok(())
}

/// Beside running servers. Where they cannot learn the new key by themselves, the steps are told and
/// nothing is done.
pub(super) async fn rotate(config: &Config) -> Result<(), BootError> {
    let engine = open(config).await?;
    let outcome = rotate_with(config, &engine).await;
    engine.db().close().await;
    eprintln!("exisone: {}", outcome?);
    Ok(())
}

async fn rotate_with(config: &Config, engine: &Engine) -> Result<String, BootError> {
    let is_done = rotate_master_key::is_done(engine)
        .await
        .map_err(|e| refusal(&e))?;
    if is_done && let Some(steps) = steps_first(config, engine) {
        return Err(BootError(steps));
    }
    let rotated = rotate_master_key::execute(engine)
        .await
        .map_err(|e| refusal(&e))?;
    let done = match rotated {
        Rotated::Wrapped(count) => format!("{count} keys are now under the new master key."),
        Rotated::Finished => "everything is under the new master key already.".to_owned(),
    };
    Ok(format!("{done} {}", after(config)))
}

/// What must happen before, where the servers cannot read the new key from the file that this command
/// writes.
fn steps_first(config: &Config, engine: &Engine) -> Option<String> {
    let beforehand = match &config.master_key {
        MasterKeySource::Given { .. } => {
            "2. Start every node again, one after the other, with the new key in EXISONE_MASTER_KEY \
             and the present one in EXISONE_PREVIOUS_MASTER_KEY."
        }
        MasterKeySource::File(_) if engine.db().is_shared() => {
            "2. On every node, make it the first line of the master key's file, above the present one. \
             No node is started again."
        }
        MasterKeySource::File(_) => return None,
    };
    Some(format!(
        "every node must know the new key first. Nothing was changed; do this:\n\
         1. Make one: exisone master-key generate\n\
         {beforehand}\n\
         3. Run this command again with the same settings."
    ))
}

fn after(config: &Config) -> String {
    match &config.master_key {
        MasterKeySource::Given { .. } => "Start the nodes without EXISONE_PREVIOUS_MASTER_KEY \
             when it suits you; until then they take both keys."
            .into(),
        MasterKeySource::File(path) => format!(
            "{} holds it alone; other nodes' files may lose their second line now. The former key is \
             kept in {}: it opens copies of the database that were made before. Destroy it with the last \
             of them.",
            path.display(),
            KeyFile(path.clone()).former().display()
        ),
    }
}

fn write_new(path: &Path, key: &MasterKey) -> Result<(), BootError> {
    if path.exists() {
        return Err(BootError(format!(
            "{} exists already; a master key is never overwritten",
            path.display()
        )));
    }
    boot::write_private(path, &key.to_text())
}
