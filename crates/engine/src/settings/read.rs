//! What the tenant has set.

use domain::settings_form::TenantSettings;
use store::tenants;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};

/// The tenant's settings, with defaults where nothing is set.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<TenantSettings> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let tenant = tenants::find(&mut conn, actor.tenant()).await?;
    super::of(&tenant.ok_or(Error::NotFound("tenant"))?)
}
