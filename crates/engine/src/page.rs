//! Lists a page at a time: where one ends is where the next begins, whatever was added meanwhile.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use domain::list_order::LogOrder;
use domain::timestamp::Timestamp;
use uuid::Uuid;

use crate::error::{Error, Result};

/// Rows of a page, where the caller names no other number.
pub const PAGE_SIZE: i64 = 50;
/// Rows of a page at most.
pub const PAGE_SIZE_MAX: i64 = 200;

/// What was typed into a search field. PostgreSQL knows no text with the NUL character in it, and nothing of
/// ours has one.
pub(crate) fn typed(search: &str) -> Result<&str> {
    if search.contains('\0') {
        return Err(Error::field("find", "Take the NUL character out."));
    }
    Ok(search)
}

/// One page of a list, newest first where nothing else is said.
pub struct Page<T, P = Place> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub after: Option<P>,
}

/// A place in a list that is sorted by time and id. As text `1795435200000_<uuid>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    at: i64,
    id: Uuid,
}

impl Place {
    /// The place of a row.
    pub fn of(at: Timestamp, id: Uuid) -> Self {
        Self {
            at: at.millis(),
            id,
        }
    }

    /// As the store's filters want it.
    pub(crate) fn row<T: From<Uuid>>(self) -> (i64, T) {
        (self.at, T::from(self.id))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.at, self.id)
    }
}

/// The text names no place of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Take `after` from the page before, as it stands there.")]
pub struct UnknownPlace;

impl FromStr for Place {
    type Err = UnknownPlace;

    fn from_str(text: &str) -> std::result::Result<Self, UnknownPlace> {
        let (at, id) = text.split_once('_').ok_or(UnknownPlace)?;
        Ok(Self {
            at: at.parse().map_err(|_| UnknownPlace)?,
            id: Uuid::try_parse(id).map_err(|_| UnknownPlace)?,
        })
    }
}

/// The sides that a filter means: test, live, or both where none is named.
pub(crate) const fn sides(livemode: Option<bool>) -> &'static [bool] {
    match livemode {
        Some(true) => &[true],
        Some(false) => &[false],
        None => &[true, false],
    }
}

/// Puts the rows of both sides into one order.
pub(crate) fn sort<T>(rows: &mut [T], order: LogOrder, place: impl Fn(&T) -> Place) {
    match order {
        LogOrder::Newest => rows.sort_by_key(|row| Reverse(place(row))),
        LogOrder::Oldest => rows.sort_by_key(place),
    }
}

/// How many rows to fetch for a page of `wanted`: one more tells whether there is a next page.
pub(crate) fn rows_to_fetch(wanted: i64) -> i64 {
    wanted.clamp(1, PAGE_SIZE_MAX) + 1
}

impl<T, P> Page<T, P> {
    /// The same page of what is made of its rows.
    pub(crate) fn try_map<U, E>(self, make: impl Fn(T) -> Result<U, E>) -> Result<Page<U, P>, E> {
        Ok(Page {
            items: self.items.into_iter().map(make).collect::<Result<_, E>>()?,
            after: self.after,
        })
    }
}

/// Cuts the row too many off and says where the next page begins.
pub(crate) fn cut<T, P>(mut rows: Vec<T>, wanted: i64, place: impl Fn(&T) -> P) -> Page<T, P> {
    let size = usize::try_from(wanted.clamp(1, PAGE_SIZE_MAX)).unwrap_or(1);
    let has_more = rows.len() > size;
    rows.truncate(size);
    let after = rows.last().filter(|_| has_more).map(place);
    Page { items: rows, after }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_from_its_text() {
        let place = Place::of(Timestamp::from_millis(1_795_435_200_000), Uuid::max());
        assert_eq!(place.to_string().parse(), Ok(place));
        for nonsense in ["", "1", "1_", "x_y", "_"] {
            assert_eq!(nonsense.parse::<Place>(), Err(UnknownPlace));
        }
    }

    #[test]
    fn the_row_too_many_tells_of_a_next_page() {
        let place = |n: &i64| Place::of(Timestamp::from_millis(*n), Uuid::nil());
        let page = cut(vec![3, 2, 1], 2, place);
        assert_eq!(page.items, [3, 2]);
        assert_eq!(page.after, Some(place(&2)));
        assert_eq!(cut(vec![3, 2], 2, place).after, None);
    }
}
