//! One licence, by its id, its key or an offline code.

use domain::ids::LicenseId;
use store::licenses::{self, License};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::licenses::view::{self, LicenseView};
use crate::licenses::{given, hold};

/// The licence with this id.
pub async fn execute(engine: &Engine, actor: &Actor, id: LicenseId) -> Result<LicenseView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let row = licenses::find(&mut conn, actor.tenant(), id).await?;
    opened(engine, &mut conn, actor, &row.ok_or(Error::NoSuchLicense)?).await
}

/// The licence with this key, however it was pasted, or that this offline code stands for.
pub async fn with_key(engine: &Engine, actor: &Actor, key: &str) -> Result<LicenseView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let row = given::find(engine, &mut conn, actor.tenant(), key).await?;
    opened(engine, &mut conn, actor, &row).await
}

async fn opened(
    engine: &Engine,
    conn: &mut store::Conn,
    actor: &Actor,
    row: &License,
) -> Result<LicenseView> {
    let name = hold::product_name(conn, actor, row).await?;
    view::named(engine, conn, actor.tenant(), (row, name)).await
}
