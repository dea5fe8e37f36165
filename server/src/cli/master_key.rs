//! `exisone master-key generate` and `rotate`.

use std::path::Path;

use engine::keys::master_key::MasterKey;
use engine::keys::rotate_master_key;

use super::{open, refusal};
use crate::boot::{self, BootError};
use crate::config::Config;
use crate::outbound::entropy::SystemEntropy;

pub(super) fn generate(output: Option<&Path>) -> Result<(), BootError> {
    let key = MasterKey::generate(&SystemEntropy);
    match output {
        None => println!("{}", *key.to_text()),
        Some(path) => write_new(path, &key)?,
    }
    Ok(())
}

/// The new key is on the disk before the database is changed, and the change is one transaction:
/// whenever this is killed, one of the two files opens the database.
pub(super) async fn rotate(config: &Config, output: &Path) -> Result<(), BootError> {
    let engine = open(config).await?;
    let new = MasterKey::generate(&SystemEntropy);
    write_new(output, &new)?;
    let count = rotate_master_key::execute(&engine, &new)
        .await
        .map_err(|e| refusal(&e))?;
    engine.db().close().await;
    eprintln!(
        "exisone: {count} keys are now under the key in {}. Give it to every node (EXISONE_MASTER_KEY_FILE), \
         start them, then destroy the former key.",
        output.display()
    );
    Ok(())
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
