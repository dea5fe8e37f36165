//! A destructive act asks in place and names its object; works without a script.

use leptos::prelude::*;

/// Opens a question; its children are the form that does it.
#[component]
pub fn Confirm(
    /// What the closed button says, for example `Archive…`.
    #[prop(into)]
    label: Oco<'static, str>,
    /// What will happen, naming the object.
    #[prop(into)]
    question: Oco<'static, str>,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="confirm">
            <summary class="btn danger">{label}</summary>
            <div>
                <p>{question}</p>
                {children()}
            </div>
        </details>
    }
}
