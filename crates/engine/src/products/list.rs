//! The tenant's products.

use store::products;

use super::{ProductView, view};
use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::named::NameQuery;
use crate::page::{self, Page};

/// The newest 1,000 of the products that are not archived, the oldest of them first.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<ProductView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let rows = products::list(&mut conn, actor.tenant()).await?;
    rows.iter().map(view).collect()
}

/// A page of products, in use or archived. A former name finds its product too.
pub async fn page(
    engine: &Engine,
    actor: &Actor,
    query: &NameQuery,
) -> Result<Page<ProductView, i32>> {
    actor.may_read()?;
    let filter = query.filter()?;
    let mut conn = engine.read().await?;
    let rows = products::page(&mut conn, actor.tenant(), &filter).await?;
    page::cut(rows, query.limit, |row| row.id.get()).try_map(|row| view(&row))
}
