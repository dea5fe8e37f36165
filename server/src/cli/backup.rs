//! `exisone backup`: the database as of one instant, and the master key beside it.

use std::path::Path;

use crate::boot::{self, BootError};
use crate::config::Config;
use crate::outbound::master_key::to_text;

pub(super) async fn run(config: &Config, to: &Path) -> Result<(), BootError> {
    if to.exists() {
        return Err(BootError(format!(
            "{} exists already; name a new folder",
            to.display()
        )));
    }
    if !config.is_sqlite() {
        return Err(BootError(
            "PostgreSQL is backed up with pg_dump; keep the master key apart from the dump".into(),
        ));
    }
    let db = boot::open_database(config).await?;
    let mut keys = boot::load_master_keys(config, false)?;
    // A key that does not open this database would make a backup that nothing opens.
    super::open(config).await?.db().close().await;
    boot::make_private_folder(to)?;
    let file = to.join("exisone.db");
    db.copy_to(&file.to_string_lossy())
        .await
        .map_err(|e| BootError::with("the database cannot be copied", &e))?;
    // The master key may have been exchanged meanwhile: what was there before and after opens the copy.
    let mut all = boot::load_master_keys(config, false)?;
    keys.retain(|key| !all.iter().any(|other| other.is_same(key)));
    all.append(&mut keys);
    boot::write_private(&to.join("master.key"), &to_text(&all))?;
    db.close().await;
    println!("{}", to.display());
    Ok(())
}
