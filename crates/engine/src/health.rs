//! Whether the database answers.

use crate::Engine;
use crate::error::{Error, Result};

/// Reads the installation's row.
pub async fn check(engine: &Engine) -> Result<()> {
    let mut conn = engine.read().await?;
    store::installation::find_key(&mut conn)
        .await?
        .map(drop)
        .ok_or(Error::fault("the installation has no key"))
}
