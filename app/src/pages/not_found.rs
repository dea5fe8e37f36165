//! What stands where nothing is.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::Logo;

/// An address without a page.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found"/>
        <main class="door">
            <header>
                <a class="brand" href="/">
                    <Logo/>
                </a>
                <h1>"There is no such page"</h1>
                <p class="muted">"The address may be mistyped, or the thing it named is gone."</p>
            </header>
            <p><a href="/">"Go to the dashboard"</a></p>
        </main>
    }
}
