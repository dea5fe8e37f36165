//! The mark and the name.

use leptos::prelude::*;

/// A square with the keyhole of a one.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 20 20" aria-hidden="true">
            <rect width="20" height="20" rx="6" fill="var(--accent)"/>
            <path d="M8 6.2 10.6 4.6h1.2V15.4H9.6V7.3L8 8.3Z" fill="var(--accent-ink)"/>
        </svg>
        "ExisOne"
    }
}
