//! What happened, its cause, and the next thing to do.

use leptos::prelude::*;

use super::Tone;

/// A notice; bad ones are announced at once by screen readers.
#[component]
pub fn Notice(
    tone: Tone,
    #[prop(into)] title: Oco<'static, str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class=format!("notice {}", tone.class()) role=role>
            <b>{title}</b>
            {children.map(|children| view! { <div class="stack tight">{children()}</div> })}
        </div>
    }
}
