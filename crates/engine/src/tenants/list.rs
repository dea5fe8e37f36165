//! All tenants of the installation, for commands at the server's own machine.

use store::tenants::{self, Tenant};

use crate::Engine;
use crate::error::Result;

/// All tenants, oldest first, at most 1,000.
pub async fn execute(engine: &Engine) -> Result<Vec<Tenant>> {
    let mut conn = engine.read().await?;
    Ok(tenants::list(&mut conn).await?)
}
