//! Checks, attempts, and the first-run list: a mark, a sentence, a remark.

use leptos::prelude::*;

use super::Tone;

/// A list of [`Step`]s.
#[component]
pub fn Steps(children: Children) -> impl IntoView {
    view! { <ol class="steps">{children()}</ol> }
}

/// One of them. The mark repeats the tone as a sign, and as a word for screen readers.
#[component]
pub fn Step(
    tone: Tone,
    #[prop(optional)] remark: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let (sign, word) = match tone {
        Tone::Ok => ("✓", "Done: "),
        Tone::Warn => ("–", "Open: "),
        Tone::Bad => ("✗", "Wrong: "),
        Tone::Info | Tone::Plain => ("…", "To come: "),
    };
    view! {
        <li>
            <i class=tone.class() aria-hidden="true">
                {sign}
            </i>
            <div>
                <span class="off-screen">{word}</span>
                {children()}
            </div>
            <span class="muted small">{remark}</span>
        </li>
    }
}
