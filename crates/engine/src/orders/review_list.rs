//! Review's list: payments that wait for a decision, a page at a time.

use domain::folding::email_key;
use domain::ids::{OrderId, ProductId};
use domain::list_order::LogOrder;
use domain::timestamp::Timestamp;
use store::orders::Order;
use store::review_list::{self, ReviewFilter};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::page::{self, Page, Place};

/// Which payments are wanted, and in which order.
#[derive(Debug, Clone)]
pub struct ReviewQuery {
    /// Test or live.
    pub livemode: bool,
    /// One product, or all.
    pub product_id: Option<ProductId>,
    /// How the buyer's address begins, or a whole id of Stripe's, as typed; empty for all.
    pub search: String,
    /// In which order, by when they were made.
    pub order: LogOrder,
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
        order: query.order,
        after: query.after.map(Place::row::<OrderId>),
        limit: page::rows_to_fetch(query.limit),
    };
    let mut conn = engine.read().await?;
    let rows = review_list::list(&mut conn, actor.tenant(), &filter).await?;
    Ok(page::cut(rows, query.limit, place))
}

fn place(order: &Order) -> Place {
    Place::of(Timestamp::from_millis(order.waits_since()), order.id.get())
}
