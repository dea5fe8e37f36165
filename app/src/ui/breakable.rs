//! Event names, URLs and the like: on narrow screens they break after a dot or a slash, not
//! in the middle of a word.

use leptos::prelude::*;

/// A text whose words may break after the punctuation within them.
#[component]
pub fn Breakable(#[prop(into)] text: String) -> impl IntoView {
    parts(text)
        .into_iter()
        .enumerate()
        .map(|(place, part)| {
            let breaks = (place > 0).then(|| view! { <wbr/> });
            (breaks, part)
        })
        .collect_view()
}

/// The text cut after each run of punctuation within its words; between them it breaks by itself.
fn parts(mut text: String) -> Vec<String> {
    let mut parts = Vec::new();
    while let Some(end) = first_end(&text) {
        let rest = text.split_off(end);
        parts.push(text);
        text = rest;
    }
    parts.push(text);
    parts
}

/// Where the first run of punctuation has ended, unless it ends a word.
fn first_end(text: &str) -> Option<usize> {
    let is_mark = |letter: char| "./_-:@?&=".contains(letter);
    let followed = text.char_indices().zip(text.chars().skip(1));
    let mut ends = followed
        .filter(|((_, mark), next)| is_mark(*mark) && !is_mark(*next) && !next.is_whitespace());
    ends.next().map(|((at, mark), _)| at + mark.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_name_breaks_after_its_punctuation_and_loses_nothing() {
        let name = "checkout.session.async_payment_failed";
        let cut = ["checkout.", "session.", "async_", "payment_", "failed"];
        assert_eq!(parts(name.to_owned()), cut);
        let url = "https://a.example/api/stripe?x=1";
        assert_eq!(parts(url.to_owned()).concat(), url);
        assert_eq!(parts(url.to_owned())[0], "https://");
        assert_eq!(parts("Saved".to_owned()), ["Saved"]);
        assert_eq!(parts("...".to_owned()), ["..."]);
    }

    #[test]
    fn a_sentence_breaks_within_its_long_words_alone() {
        assert_eq!(parts("Sold. Kept.".to_owned()), ["Sold. Kept."]);
        let from = ["From a.", "long.", "name@", "a.", "example."];
        assert_eq!(parts("From a.long.name@a.example.".to_owned()), from);
    }
}
