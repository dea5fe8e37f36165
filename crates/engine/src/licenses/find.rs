//! One licence, by its id or its key.

use domain::activation_key::ActivationKey;
use domain::ids::LicenseId;
use store::licenses::{self, License};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::licenses::hold;
use crate::licenses::list::by_key;
use crate::licenses::view::{self, LicenseView};

/// The licence with this id.
pub async fn execute(engine: &Engine, actor: &Actor, id: LicenseId) -> Result<LicenseView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let row = licenses::find(&mut conn, actor.tenant(), id).await?;
    opened(engine, &mut conn, actor, row).await
}

/// The licence with this key, however it was pasted.
pub async fn with_key(engine: &Engine, actor: &Actor, key: &str) -> Result<LicenseView> {
    actor.may_read()?;
    let key = ActivationKey::parse(key).ok_or(Error::NoSuchLicense)?;
    let mut conn = engine.read().await?;
    let row = by_key(engine, &mut conn, actor, &key).await?;
    opened(engine, &mut conn, actor, row).await
}

async fn opened(
    engine: &Engine,
    conn: &mut store::Conn,
    actor: &Actor,
    row: Option<License>,
) -> Result<LicenseView> {
    let row = row.ok_or(Error::NoSuchLicense)?;
    let name = hold::product_name(conn, actor, &row).await?;
    view::named(engine, conn, actor.tenant(), (&row, name)).await
}
