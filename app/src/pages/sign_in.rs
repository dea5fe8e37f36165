//! The door for people.

use leptos::prelude::*;
use leptos_meta::Title;

/// Sign in.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! {
        <Title text="Sign in"/>
        <main class="door">
            <h1>"Sign in"</h1>
        </main>
    }
}
