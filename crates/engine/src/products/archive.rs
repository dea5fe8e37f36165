//! Archiving a product: it leaves the lists and is no longer sold; its licences stay. And bringing it back.

use domain::ids::ProductId;
use domain::permission::Permission;
use serde_json::json;
use store::products;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Archives a product of the tenant; again, nothing happens.
pub async fn execute(engine: &Engine, actor: &Actor, id: ProductId) -> Result<()> {
    let at = engine.now().millis();
    put(engine, actor, id, Some(at)).await
}

/// Brings an archived product back, not on sale; again, nothing happens.
pub async fn restore(engine: &Engine, actor: &Actor, id: ProductId) -> Result<()> {
    put(engine, actor, id, None).await
}

async fn put(
    engine: &Engine,
    actor: &Actor,
    id: ProductId,
    archived_at: Option<i64>,
) -> Result<()> {
    actor.may(Permission::Manage)?;
    let now = engine.now();
    let mut tx = engine.begin();
    let found = products::lock(&mut tx, actor.tenant(), id).await?;
    let mut product = found.ok_or(Error::NotFound("product"))?;
    if product.archived_at.is_some() == archived_at.is_some() {
        return Ok(());
    }
    product.is_active = false;
    product.archived_at = archived_at;
    product.updated_at = Some(now.millis());
    products::update(&mut tx, actor.tenant(), &product).await?;
    let verb = if archived_at.is_some() {
        "archived"
    } else {
        "restored"
    };
    let what = Change {
        subject: ("product", id.to_string()),
        verb,
        data: json!({ "name": product.name }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    Ok(tx.commit().await?)
}
