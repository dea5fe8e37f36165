//! One product.

use domain::ids::ProductId;
use store::products;

use super::{ProductView, view};
use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};

/// One product of the tenant, archived or not.
pub async fn execute(engine: &Engine, actor: &Actor, id: ProductId) -> Result<ProductView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let found = products::find(&mut conn, actor.tenant(), id).await?;
    view(&found.ok_or(Error::NotFound("product"))?)
}
