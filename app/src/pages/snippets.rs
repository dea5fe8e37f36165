//! Code to copy, closed until somebody opens it.

use leptos::prelude::*;

use crate::api::guide::Snippet;
use crate::ui::CopyButton;

/// Code in several languages.
pub fn snippets(all: Vec<Snippet>) -> AnyView {
    let all = all
        .into_iter()
        .map(|snippet| {
            view! {
                <details class="snippet">
                    <summary>{snippet.name}</summary>
                    <CopyButton text=snippet.code.clone() what="code"/>
                    <pre tabindex="0">
                        <code>{snippet.code}</code>
                    </pre>
                </details>
            }
        })
        .collect_view();
    view! { <div class="stack tight">{all}</div> }.into_any()
}
