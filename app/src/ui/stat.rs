//! One number with what it counts.

use leptos::prelude::*;

/// A number, its label above, a remark below.
#[component]
pub fn Stat(
    #[prop(into)] label: Oco<'static, str>,
    #[prop(into)] value: Oco<'static, str>,
    #[prop(optional, into)] note: Oco<'static, str>,
) -> impl IntoView {
    view! {
        <div class="panel stat">
            <span>{label}</span>
            <b>{value}</b>
            <span>{note}</span>
        </div>
    }
}
