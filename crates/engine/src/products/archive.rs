//! Archiving a product: it leaves the lists and is no longer sold; its licences stay.

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
    actor.may(Permission::Manage)?;
    let now = engine.now();
    let mut tx = engine.begin();
    let found = products::lock(&mut tx, actor.tenant(), id).await?;
    let mut product = found.ok_or(Error::NotFound("product"))?;
    if product.archived_at.is_some() {
        return Ok(());
    }
    product.is_active = false;
    product.archived_at = Some(now.millis());
    product.updated_at = Some(now.millis());
    products::update(&mut tx, actor.tenant(), &product).await?;
    let what = Change {
        subject: ("product", id.to_string()),
        verb: "archived",
        data: json!({ "name": product.name }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    Ok(tx.commit().await?)
}
