//! One of few, as links: a list's filter stands in its address.

use leptos::prelude::*;

/// A filter: label, address, and whether it is the present one.
#[component]
pub fn Segments(label: &'static str, items: Vec<(String, String, bool)>) -> impl IntoView {
    let links = items
        .into_iter()
        .map(|(label, href, is_current)| {
            view! {
                <a href=href aria-current=is_current.then_some("true")>
                    {label}
                </a>
            }
        })
        .collect_view();
    view! {
        <nav class="segments" aria-label=label>
            {links}
        </nav>
    }
}
