//! Filters and the order of a list as they stand in its address.

use leptos_router::location::Url;

use crate::ui::{IN_ORDER, NEWEST_FIRST, Sort};

/// A column's label, and the word of the order that it stands for.
pub type Head = (&'static str, &'static str);

/// The word of the order with the newest at the top.
pub const NEWEST: &str = "-created";

/// The address of a list with those filters that are not empty.
pub fn address(path: &str, filters: &[(&str, &str)]) -> String {
    let query: Vec<_> = filters
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| format!("{name}={}", Url::escape(text)))
        .collect();
    if query.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", query.join("&"))
}

/// Choices after one that does not narrow.
pub fn any_of(any: &str, choices: Vec<(String, String)>) -> Vec<(String, String)> {
    let any = (String::new(), any.to_owned());
    [any].into_iter().chain(choices).collect()
}

/// Choices, and the chosen one where it is none of them: what the address says stands in the form.
pub fn with_chosen(mut choices: Vec<(String, String)>, chosen: &str) -> Vec<(String, String)> {
    if !chosen.is_empty() && choices.iter().all(|(value, _)| value != chosen) {
        choices.push((chosen.to_owned(), chosen.to_owned()));
    }
    choices
}

/// The order that the address names; where it names none, or none of the list's, the list's own.
pub fn order<'a>(heads: &[Head], own: &'a str, named: &'a str) -> &'a str {
    let word = named.strip_prefix('-').unwrap_or(named);
    if heads.iter().any(|(_, known)| *known == word) {
        named
    } else {
        own
    }
}

/// Each head leads to the list in its order, and where that is the present one the other way around.
pub fn sorts(heads: &[Head], present: &str, address: &dyn Fn(&str) -> String) -> Vec<Sort> {
    let sort = |&(column, word): &Head| {
        let falling = format!("-{word}");
        let (direction, next) = if present == word {
            (Some("ascending"), falling.as_str())
        } else {
            let direction = (present == falling).then_some("descending");
            (direction, word)
        };
        Sort {
            column,
            direction,
            href: address(next),
        }
    };
    heads.iter().map(sort).collect()
}

/// What the links between the pages of a list in this order say.
pub fn pages(order: &str) -> (&'static str, &'static str) {
    if order == NEWEST {
        NEWEST_FIRST
    } else {
        IN_ORDER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADS: &[Head] = &[("Name", "name"), ("Made", "created")];

    #[test]
    fn an_order_that_the_list_does_not_know_is_its_own() {
        for named in ["name", "-name", "created", "-created"] {
            assert_eq!(order(HEADS, NEWEST, named), named);
        }
        for named in ["", "-", "--name", "price", "-price"] {
            assert_eq!(order(HEADS, NEWEST, named), NEWEST, "{named}");
        }
    }

    #[test]
    fn a_head_leads_to_its_order_and_from_there_to_the_other_way_around() {
        let heads = |present| {
            let heads = sorts(HEADS, present, &|word| format!("?sort={word}"));
            let heads = heads.into_iter().map(|head| (head.direction, head.href));
            heads.collect::<Vec<_>>()
        };
        let (name, made) = ("?sort=name".to_owned(), "?sort=created".to_owned());
        let fallen = Some("descending");
        assert_eq!(
            heads(NEWEST),
            [(None, name.clone()), (fallen, made.clone())]
        );
        let back = "?sort=-name".to_owned();
        assert_eq!(
            heads("name"),
            [(Some("ascending"), back), (None, made.clone())]
        );
        assert_eq!(heads("-name"), [(fallen, name), (None, made)]);
    }

    #[test]
    fn what_is_chosen_is_a_choice() {
        let paid = ("paid".to_owned(), "paid".to_owned());
        let lost = ("lost".to_owned(), "lost".to_owned());
        assert_eq!(
            with_chosen(vec![paid.clone()], ""),
            std::slice::from_ref(&paid)
        );
        assert_eq!(
            with_chosen(vec![paid.clone()], "paid"),
            std::slice::from_ref(&paid)
        );
        assert_eq!(with_chosen(vec![paid.clone()], "lost"), [paid, lost]);
    }

    #[test]
    fn an_address_names_what_narrows_and_nothing_else() {
        assert_eq!(
            address("/licenses", &[("find", ""), ("state", "")]),
            "/licenses"
        );
        assert_eq!(
            address("/licenses", &[("find", "a b@x"), ("state", "active")]),
            "/licenses?find=a%20b%40x&state=active"
        );
    }
}
