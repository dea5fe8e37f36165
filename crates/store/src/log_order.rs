//! Lists by time: one index leads through them, from its end or from its beginning.

use domain::list_order::LogOrder;
use uuid::Uuid;

/// A statement, the newest first and the oldest first.
#[derive(Clone, Copy)]
pub(crate) struct BothWays {
    pub newest: &'static str,
    pub oldest: &'static str,
}

impl BothWays {
    pub(crate) const fn text(self, order: LogOrder) -> &'static str {
        match order {
            LogOrder::Newest => self.newest,
            LogOrder::Oldest => self.oldest,
        }
    }
}

/// What a macro makes of how a row compares with the place before the page, of the way that the index is read,
/// and of the rest.
macro_rules! both_ways {
    ($listed:ident!($($part:literal),*)) => {
        $crate::log_order::BothWays {
            newest: $listed!("<", "desc" $(, $part)*),
            oldest: $listed!(">", "asc" $(, $part)*),
        }
    };
}
pub(crate) use both_ways;

/// The place after which a page begins: without one, that which lies before all rows.
pub(crate) fn begins_after(order: LogOrder, after: Option<(i64, Uuid)>) -> (i64, Uuid) {
    after.unwrap_or(match order {
        LogOrder::Newest => (i64::MAX, Uuid::max()),
        LogOrder::Oldest => (i64::MIN, Uuid::nil()),
    })
}
