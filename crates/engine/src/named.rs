//! Lists of what has a name and an id that counts up: products and plans.

use domain::folding::name_key;
use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use store::named::NameFilter;

use crate::error::Result;
use crate::page;

/// Which of them are wanted, and in which order.
#[derive(Debug, Clone)]
pub struct NameQuery {
    /// Those in use, or the archived ones.
    pub shelf: Shelf,
    /// How the name begins, as typed; empty for all.
    pub search: String,
    /// In which order.
    pub order: NameOrder,
    /// Only what comes after the one with this id.
    pub after: Option<i32>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

impl NameQuery {
    pub(crate) fn filter(&self) -> Result<NameFilter> {
        Ok(NameFilter {
            shelf: self.shelf,
            beginning: name_key(page::typed(&self.search)?),
            order: self.order,
            after: self.after,
            limit: page::rows_to_fetch(self.limit),
        })
    }
}
