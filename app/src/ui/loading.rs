//! What stands while the browser fetches a page's data.

use leptos::prelude::*;

/// A quiet placeholder; the server never sends it.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="loading" role="status">
            "Loading…"
        </div>
    }
}
