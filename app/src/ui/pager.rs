//! Keyset pages: back to the newest, on to the older.

use leptos::prelude::*;

/// Links of a list that goes on; nothing where one page holds all.
#[component]
pub fn Pager(
    /// Address of the first page, unless this is it.
    newest: Option<String>,
    /// Address of the next page, if there is one.
    older: Option<String>,
) -> impl IntoView {
    let any = newest.is_some() || older.is_some();
    any.then(|| {
        view! {
            <nav class="pager" aria-label="Newer and older">
                {newest.map(|href| view! { <a class="btn quiet" href=href>"Newest"</a> })}
                {older.map(|href| view! { <a class="btn quiet" href=href>"Older"</a> })}
            </nav>
        }
    })
}
