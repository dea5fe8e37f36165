//! In which order lists are that licences are not in. A word with a hyphen before it runs backwards.

use crate::words::words;

words! {
    /// An order of what is added and never moves.
    #[derive(Default)]
    pub enum LogOrder as "order" {
        /// The oldest first.
        Oldest => "created",
        /// The newest first.
        #[default]
        Newest => "-created",
    }
}

words! {
    /// An order of what has a name and an id that counts up.
    #[derive(Default)]
    pub enum NameOrder as "order" {
        /// The oldest first.
        Oldest => "created",
        /// The newest first.
        #[default]
        Newest => "-created",
        /// By the name.
        Name => "name",
        /// By the name, backwards.
        NameBackwards => "-name",
    }
}

words! {
    /// An order of who belongs to a tenant.
    #[derive(Default)]
    pub enum MemberOrder as "order" {
        /// Who belongs here longest first.
        #[default]
        Oldest => "created",
        /// By the address.
        Email => "email",
        /// By the address, backwards.
        EmailBackwards => "-email",
    }
}

impl NameOrder {
    /// Whether it looks at the name.
    pub const fn is_by_name(self) -> bool {
        matches!(self, Self::Name | Self::NameBackwards)
    }

    /// Whether it runs backwards.
    pub const fn is_falling(self) -> bool {
        matches!(self, Self::Newest | Self::NameBackwards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hyphen_turns_an_order_around_and_changes_nothing_else() {
        for order in NameOrder::ALL {
            let word = order.as_str();
            let bare = word.strip_prefix('-');
            let other = bare.map_or_else(|| format!("-{word}"), str::to_owned);
            let other: NameOrder = other.parse().expect("the other way around");
            assert_eq!(order.is_falling(), bare.is_some(), "{word}");
            assert_eq!(other.is_falling(), bare.is_none(), "{word}");
            assert_eq!(other.is_by_name(), order.is_by_name(), "{word}");
        }
    }

    #[test]
    fn logs_begin_with_the_newest_and_people_with_who_belongs_here_longest() {
        assert_eq!(LogOrder::default(), LogOrder::Newest);
        assert_eq!(NameOrder::default(), NameOrder::Newest);
        assert_eq!(MemberOrder::default(), MemberOrder::Oldest);
    }
}
