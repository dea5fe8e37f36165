//! Keyset pages: back to the newest, on to the older.

use leptos::prelude::*;

/// What the links say where the newest stands at the top.
pub const NEWEST_FIRST: (&str, &str) = ("Newest", "Older");
/// What they say elsewhere.
pub const IN_ORDER: (&str, &str) = ("First page", "Next page");

/// Links of a list that goes on; nothing where one page holds all.
#[component]
pub fn Pager(
    /// Address of the first page, unless this is it.
    newest: Option<String>,
    /// Address of the next page, if there is one.
    older: Option<String>,
    /// What the two say, where the list is in another order.
    #[prop(default = NEWEST_FIRST)]
    labels: (&'static str, &'static str),
) -> impl IntoView {
    let any = newest.is_some() || older.is_some();
    any.then(|| {
        view! {
            <nav class="pager" aria-label="Newer and older">
                {newest.map(|href| view! { <a class="btn quiet" href=href>{labels.0}</a> })}
                {older.map(|href| view! { <a class="btn quiet" href=href>{labels.1}</a> })}
            </nav>
        }
    })
}
