//! The tenant's products.

use store::products;

use super::{ProductView, view};
use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;

/// The products that are not archived, oldest first, at most 1,000.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<ProductView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let rows = products::list(&mut conn, actor.tenant()).await?;
    rows.iter().map(view).collect()
}
