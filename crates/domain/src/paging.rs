//! Which part of a list is wanted: by the number of a page, after a place, or the newest.

use crate::field_error::FieldErrors;
use crate::form::{Input, Reader, form, input};

/// Rows of a page, where the caller names no other number.
pub const PAGE_SIZE: i32 = 50;
/// Rows of a page at most.
pub const PAGE_SIZE_MAX: i32 = 200;
/// Page × page size at most: further on, `after` is what leads on.
pub const NUMBERED_ROWS_MAX: i64 = 10_000;

/// Characters of a place; those that we write are shorter.
const PLACE_MAX: usize = 200;

form! {
    /// The parameters of a list.
    #[derive(Debug)]
    pub struct PagingForm {
        /// From 1.
        page: number,
        /// 1..=200, else 50.
        page_size: number,
        /// Where the page before ended, as it stands there; blank is the beginning.
        after,
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// Neither a page nor a place was named.
    Newest,
    /// A page by its number.
    Numbered(NumberedPage),
    /// A page that begins after a place.
    After {
        /// The place as typed; `None` is the beginning.
        place: Option<String>,
        /// Rows, 1..=200.
        size: i32,
    },
}

/// A page by its number; page × size is at most [`NUMBERED_ROWS_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedPage {
    number: i32,
    size: i32,
}

impl NumberedPage {
    /// From 1.
    pub const fn number(self) -> i32 {
        self.number
    }

    /// Rows of the page, 1..=200.
    pub const fn size(self) -> i32 {
        self.size
    }

    /// Rows before it.
    pub fn offset(self) -> i64 {
        i64::from(self.number - 1) * i64::from(self.size)
    }

    /// How many pages there are of so many rows.
    pub fn pages(self, rows: i64) -> i64 {
        let size = i64::from(self.size);
        rows.max(0).saturating_add(size - 1) / size
    }
}

impl PagingForm {
    /// For lists that can be read all three ways.
    pub fn parse(&self) -> Result<Paging, FieldErrors> {
        let page = self.page();
        if page.filled().is_some() {
            return self.parse_numbered().map(Paging::Numbered);
        }
        let mut reader = Reader::new();
        let size = self.size(&mut reader);
        let paging = match &self.after {
            None => Paging::Newest,
            Some(_) => Paging::After {
                place: self.place(&mut reader),
                size,
            },
        };
        reader.finish(paging)
    }

    /// For lists that have numbered pages alone; the first is meant where none is named.
    pub fn parse_numbered(&self) -> Result<NumberedPage, FieldErrors> {
        let mut reader = Reader::new();
        if self.after.is_some() {
            reader.refuse("after", "Send page or after, not both.");
        }
        let size = self.size(&mut reader);
        let number = reader.number(self.page(), 1, 1..=i32::MAX);
        if i64::from(number) * i64::from(size) > NUMBERED_ROWS_MAX {
            reader.refuse(
                "page",
                "Pages are counted up to 10,000 rows; read further with `after`.",
            );
        }
        reader.finish(NumberedPage { number, size })
    }

    fn page(&self) -> Input<'_> {
        input("page", self.page.as_ref())
    }

    fn size(&self, reader: &mut Reader) -> i32 {
        let size = input("pageSize", self.page_size.as_ref());
        reader.number(size, PAGE_SIZE, 1..=PAGE_SIZE_MAX)
    }

    fn place(&self, reader: &mut Reader) -> Option<String> {
        let place = reader.line(input("after", self.after.as_ref()), "", PLACE_MAX);
        Some(place).filter(|place| !place.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn form(json: Value) -> PagingForm {
        serde_json::from_value(json).expect("a form")
    }

    const fn numbered(number: i32, size: i32) -> Paging {
        Paging::Numbered(NumberedPage { number, size })
    }

    fn after(place: &str, size: i32) -> Paging {
        Paging::After {
            place: Some(place.to_owned()).filter(|place| !place.is_empty()),
            size,
        }
    }

    #[rstest]
    #[case(json!({}), Paging::Newest)]
    #[case(json!({"page": "", "pageSize": "20"}), Paging::Newest)]
    #[case(json!({"page": "3"}), numbered(3, 50))]
    #[case(json!({"page": 50, "pageSize": 200}), numbered(50, 200))]
    #[case(json!({"page": 10_000, "pageSize": 1}), numbered(10_000, 1))]
    #[case(json!({"after": ""}), after("", 50))]
    #[case(json!({"after": "1_x", "pageSize": 10}), after("1_x", 10))]
    fn a_list_is_read_three_ways(#[case] json: Value, #[case] paging: Paging) {
        assert_eq!(form(json).parse(), Ok(paging));
    }

    #[rstest]
    #[case(json!({"page": 0}), "page")]
    #[case(json!({"page": -1}), "page")]
    #[case(json!({"page": "two"}), "page")]
    #[case(json!({"page": 99_999_999_999_i64}), "page")]
    #[case(json!({"page": 51, "pageSize": 200}), "page")]
    #[case(json!({"page": i32::MAX, "pageSize": 200}), "page")]
    #[case(json!({"pageSize": 0}), "pageSize")]
    #[case(json!({"pageSize": 201}), "pageSize")]
    #[case(json!({"page": 1, "after": ""}), "after")]
    #[case(json!({"after": "x".repeat(201)}), "after")]
    #[case(json!({"after": "a\u{0}"}), "after")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = form(json).parse().expect_err("refused");
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }

    #[test]
    fn numbered_lists_begin_with_the_first_page() {
        let first = form(json!({})).parse_numbered().expect("a page");
        assert_eq!((first.number(), first.size(), first.offset()), (1, 50, 0));
        let third = form(json!({"page": 3, "pageSize": 20})).parse_numbered();
        assert_eq!(third.map(NumberedPage::offset), Ok(40));
    }

    #[rstest]
    #[case(0, 0)]
    #[case(1, 1)]
    #[case(50, 1)]
    #[case(51, 2)]
    fn pages_are_counted_up(#[case] rows: i64, #[case] pages: i64) {
        let page = form(json!({})).parse_numbered().expect("a page");
        assert_eq!(page.pages(rows), pages);
    }
}
