//! Names and values.

use leptos::prelude::*;

use super::time::heading;

/// A list of [`Fact`]s.
#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// One name and its value.
#[component]
pub fn Fact(#[prop(into)] name: Oco<'static, str>, children: Children) -> impl IntoView {
    view! {
        <dt>{heading(name)}</dt>
        <dd>{children()}</dd>
    }
}
