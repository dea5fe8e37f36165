//! Orders in review, a page at a time, either way around: all of them, a product's, or what a search finds.

use domain::ids::{OrderId, TenantId};
use domain::list_order::LogOrder;

use crate::conn::{Conn, on};
use crate::error::Result;
use crate::log_order::{BothWays, begins_after, both_ways};
use crate::orders::{Order, columns};

macro_rules! since {
    () => {
        "coalesce(paid_at, created_at)"
    };
}
// They differ in the index that leads through them. The time is compared alone too: SQLite finds no place in an
// index of expressions by several values at once.
macro_rules! listed {
    ($beyond:literal, $way:literal, $narrowed:literal) => {
        listed!($beyond, $way, "orders", $narrowed)
    };
    ($beyond:literal, $way:literal, $from:literal, $narrowed:literal) => {
        concat!(
            "select ",
            columns!(),
            " from ",
            $from,
            " where tenant_id = $1 and livemode = $2 and state = 'review' and ",
            $narrowed,
            " and ",
            since!(),
            " ",
            $beyond,
            "= $4 and (",
            since!(),
            ", id) ",
            $beyond,
            " ($4, $5) order by ",
            since!(),
            " ",
            $way,
            ", id ",
            $way,
            " limit $6"
        )
    };
}
// What a search finds is read from its own indexes first, whole. `cross join` keeps SQLite from turning the two
// around.
macro_rules! found {
    ($beyond:literal, $way:literal) => {
        concat!(
            "with found (found_id) as materialized (
            select id from orders where tenant_id = $1 and livemode = $2 and state = 'review'
                and email_key >= $7 and email_key < $8
            union
            select order_id from order_facts where tenant_id = $1 and kind in ('payment_intent', 'session')
                and stripe_id = $9) ",
            listed!(
                $beyond,
                $way,
                "found cross join orders",
                "id = found_id and ($3 = 0 or product_id = $3)"
            )
        )
    };
}

pub(crate) const LIST: BothWays = both_ways!(listed!("$3 = 0"));
pub(crate) const LIST_OF_PRODUCT: BothWays = both_ways!(listed!("product_id = $3"));
pub(crate) const FOUND: BothWays = both_ways!(found!());

/// Which orders in review are wanted, and in which order.
#[derive(Debug, Clone)]
pub struct ReviewFilter {
    /// Test or live.
    pub livemode: bool,
    /// A product's id, or 0 for all.
    pub product_id: i32,
    /// How the buyer's folded address begins; empty where nothing is searched for.
    pub beginning: String,
    /// The id of a payment intent or a checkout session, which is searched for beside the address.
    pub stripe_id: String,
    /// In which order, by [`Order::waits_since`].
    pub order: LogOrder,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, OrderId)>,
    /// Rows wanted at most.
    pub limit: i64,
}

impl Order {
    /// Since when it waits, Unix milliseconds: since it was paid, or was made where no payment is known.
    pub fn waits_since(&self) -> i64 {
        self.paid_at.unwrap_or(self.created_at)
    }
}

impl ReviewFilter {
    const fn list(&self) -> BothWays {
        match self.product_id {
            _ if !self.beginning.is_empty() => FOUND,
            0 => LIST,
            _ => LIST_OF_PRODUCT,
        }
    }
}

/// Orders in review by filter.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &ReviewFilter) -> Result<Vec<Order>> {
    let (at, id) = begins_after(f.order, f.after.map(|(at, id)| (at, id.get())));
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(f.list().text(f.order)).bind(tenant.get()).bind(f.livemode)
            .bind(f.product_id).bind(at).bind(id).bind(f.limit);
        if !f.beginning.is_empty() {
            // The greatest of all characters, which no address holds.
            query = query.bind(&f.beginning).bind(format!("{}\u{10ffff}", f.beginning))
                .bind(&f.stripe_id);
        }
        query.fetch_all(c).await?
    }))
}
