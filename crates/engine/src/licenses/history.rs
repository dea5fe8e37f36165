//! What happened to a licence, newest first.

use domain::ids::LicenseId;
use store::licenses;

use crate::Engine;
use crate::actor::Actor;
use crate::audit::{ChangeView, of_subject};
use crate::error::{Error, Result};

/// The latest 1,000 changes of a licence.
pub async fn execute(engine: &Engine, actor: &Actor, id: LicenseId) -> Result<Vec<ChangeView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    licenses::find(&mut conn, actor.tenant(), id)
        .await?
        .ok_or(Error::NoSuchLicense)?;
    of_subject(&mut conn, actor, ("license", &id.to_string())).await
}
