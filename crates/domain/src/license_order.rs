//! In which order licences are listed.

use crate::words::words;

words! {
    /// An order of licences; a word with a hyphen before it runs backwards.
    pub enum LicenseOrder as "order" {
        /// The oldest first.
        Oldest => "created",
        /// The newest first.
        Newest => "-created",
        /// What ends first.
        EndsFirst => "expires",
        /// What ends last.
        EndsLast => "-expires",
        /// By the holder's address, those without one first.
        Email => "email",
        /// By the holder's address, backwards.
        EmailBackwards => "-email",
        /// By the product's name, and of each the newest first.
        Product => "product",
        /// By the product's name backwards, and of each the newest first.
        ProductBackwards => "-product",
    }
}

/// What an order looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortedBy {
    /// When it was issued.
    Created,
    /// When it ends.
    Expires,
    /// Who holds it.
    Email,
    /// What it is for.
    Product,
}

impl LicenseOrder {
    /// What it looks at.
    pub const fn sorted_by(self) -> SortedBy {
        match self {
            Self::Oldest | Self::Newest => SortedBy::Created,
            Self::EndsFirst | Self::EndsLast => SortedBy::Expires,
            Self::Email | Self::EmailBackwards => SortedBy::Email,
            Self::Product | Self::ProductBackwards => SortedBy::Product,
        }
    }

    /// Whether it runs backwards.
    pub const fn is_falling(self) -> bool {
        matches!(
            self,
            Self::Newest | Self::EndsLast | Self::EmailBackwards | Self::ProductBackwards
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hyphen_turns_an_order_around_and_changes_nothing_else() {
        for order in LicenseOrder::ALL {
            let word = order.as_str();
            let (other, is_falling) = match word.strip_prefix('-') {
                Some(word) => (word.to_owned(), true),
                None => (format!("-{word}"), false),
            };
            let other: LicenseOrder = other.parse().expect("the other way around");
            assert_eq!(order.is_falling(), is_falling, "{word}");
            assert_eq!(other.is_falling(), !is_falling, "{word}");
            assert_eq!(other.sorted_by(), order.sorted_by(), "{word}");
        }
    }
}
