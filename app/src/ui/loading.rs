//! What stands while the browser fetches a page's data.

use leptos::prelude::*;

/// Rows of bars.
const ROWS: usize = 6;

/// A quiet placeholder of soft bars; the server never sends it.
#[component]
pub fn Loading() -> impl IntoView {
    let row = |_| {
        view! {
            <p>
                <i></i>
                <i></i>
            </p>
        }
    };
    view! {
        <div class="loading" role="status" aria-busy="true">
            <span class="off-screen">"Loading…"</span>
            <div aria-hidden="true">{(0..ROWS).map(row).collect_view()}</div>
        </div>
    }
}
