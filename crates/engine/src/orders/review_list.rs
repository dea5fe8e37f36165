//! Review's list: payments that wait for a decision, a page at a time.

use domain::folding::email_key;
use domain::ids::{OrderId, ProductId};
use domain::timestamp::Timestamp;
use store::orders::Order;
use store::review_list::{self, ReviewFilter};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::page::{self, Page, Place};

/// Which payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct ReviewQuery {
    /// Test or live.
    pub livemode: bool,
    /// One product, or all.
    pub product_id: Option<ProductId>,
    /// How the buyer's address begins, or a whole id of Stripe's, as typed; empty for all.
    pub search: String,
    /// The newest first; otherwise the oldest, as work is done.
    pub is_newest_first: bool,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of them.
pub async fn execute(engine: &Engine, actor: &Actor, query: &ReviewQuery) -> Result<Page<Order>> {
    actor.may_read()?;
    let typed = page::typed(&query.search)?.trim();
    let filter = ReviewFilter {
        livemode: query.livemode,
        product_id: query.product_id.map_or(0, ProductId::get),
        beginning: email_key(typed),
        stripe_id: typed.to_owned(),
        is_newest_first: query.is_newest_first,
        after: query.after.map(Place::row::<OrderId>),
        limit: page::rows_to_fetch(query.limit),
    };
    let mut conn = engine.read().await?;
    let rows = review_list::list(&mut conn, actor.tenant(), &filter).await?;
    Ok(page::cut(rows, query.limit, place))
}

fn place(order: &Order) -> Place {
    Place::of(Timestamp::from_millis(order.created_at), order.id.get())
}
