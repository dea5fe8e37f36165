//! All tenants of the installation, for commands at the server's own machine.

use domain::ids::TenantId;
use store::tenants::{self, Tenant};

use crate::Engine;
use crate::error::Result;

/// All tenants, oldest first, at most 1,000.
pub async fn execute(engine: &Engine) -> Result<Vec<Tenant>> {
    let mut conn = engine.read().await?;
    Ok(tenants::list(&mut conn).await?)
}

/// The ids of all tenants, without a limit.
pub async fn ids(engine: &Engine) -> Result<Vec<TenantId>> {
    let mut conn = engine.read().await?;
    Ok(tenants::ids(&mut conn).await?)
}
