//! Nothing here yet: says what to do next.

use leptos::prelude::*;

/// An empty state; its children are the way on.
#[component]
pub fn Empty(
    #[prop(into)] title: Oco<'static, str>,
    #[prop(into)] text: Oco<'static, str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="strong">{title}</p>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
