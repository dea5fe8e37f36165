//! Filters of a list as they stand in its address.

use leptos_router::location::Url;

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

#[cfg(test)]
mod tests {
    use super::*;

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
