//! Orders in review, a page at a time, either way around: all of them, a product's, or what a search finds.

use domain::ids::{OrderId, TenantId};
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;
use crate::orders::{Order, columns};

// They differ in the index that leads through them, and in the way.
macro_rules! listed {
    ($from:literal, $narrowed:literal, oldest) => {
        listed!(
            $from,
            $narrowed,
            " > ($4, $5) order by created_at, id limit $6"
        )
    };
    ($from:literal, $narrowed:literal, newest) => {
        listed!(
            $from,
            $narrowed,
            " < ($4, $5) order by created_at desc, id desc limit $6"
        )
    };
    ($from:literal, $narrowed:literal, $way:literal) => {
        concat!(
            "select ",
            columns!(),
            " from ",
            $from,
            " where tenant_id = $1 and livemode = $2 and state = 'review' and ",
            $narrowed,
            " and (created_at, id)",
            $way
        )
    };
}
// What a search finds is read from its own indexes first, whole. `cross join` keeps SQLite from turning the two
// around.
macro_rules! found {
    ($way:ident) => {
        concat!(
            "with found (found_id) as materialized (
            select id from orders where tenant_id = $1 and livemode = $2 and state = 'review'
                and email_key >= $7 and email_key < $8
            union
            select order_id from order_facts where tenant_id = $1 and kind in ('payment_intent', 'session')
                and stripe_id = $9) ",
            listed!(
                "found cross join orders",
                "id = found_id and ($3 = 0 or product_id = $3)",
                $way
            )
        )
    };
}

pub(crate) const OLDEST: &str = listed!("orders", "$3 = 0", oldest);
pub(crate) const NEWEST: &str = listed!("orders", "$3 = 0", newest);
pub(crate) const OLDEST_OF_PRODUCT: &str = listed!("orders", "product_id = $3", oldest);
pub(crate) const NEWEST_OF_PRODUCT: &str = listed!("orders", "product_id = $3", newest);
pub(crate) const OLDEST_FOUND: &str = found!(oldest);
pub(crate) const NEWEST_FOUND: &str = found!(newest);

/// Which orders in review are wanted.
#[derive(Debug, Clone, Default)]
pub struct ReviewFilter {
    /// Test or live.
    pub livemode: bool,
    /// A product's id, or 0 for all.
    pub product_id: i32,
    /// How the buyer's folded address begins; empty where nothing is searched for.
    pub beginning: String,
    /// The id of a payment intent or a checkout session, which is searched for beside the address.
    pub stripe_id: String,
    /// The newest first; otherwise the oldest.
    pub is_newest_first: bool,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, OrderId)>,
    /// Rows wanted at most.
    pub limit: i64,
}

impl ReviewFilter {
    const fn list(&self) -> &'static str {
        match (self.is_newest_first, self.product_id) {
            (false, _) if !self.beginning.is_empty() => OLDEST_FOUND,
            (true, _) if !self.beginning.is_empty() => NEWEST_FOUND,
            (false, 0) => OLDEST,
            (true, 0) => NEWEST,
            (false, _) => OLDEST_OF_PRODUCT,
            (true, _) => NEWEST_OF_PRODUCT,
        }
    }

    fn start(&self) -> (i64, Uuid) {
        match self.after {
            Some((at, id)) => (at, id.get()),
            None if self.is_newest_first => (i64::MAX, Uuid::max()),
            None => (i64::MIN, Uuid::nil()),
        }
    }
}

/// Orders in review by filter.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &ReviewFilter) -> Result<Vec<Order>> {
    let (at, id) = f.start();
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(f.list()).bind(tenant.get()).bind(f.livemode)
            .bind(f.product_id).bind(at).bind(id).bind(f.limit);
        if !f.beginning.is_empty() {
            // The greatest of all characters, which no address holds.
            query = query.bind(&f.beginning).bind(format!("{}\u{10ffff}", f.beginning))
                .bind(&f.stripe_id);
        }
        query.fetch_all(c).await?
    }))
}
