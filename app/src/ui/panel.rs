//! The one box: a title, perhaps something at its end, then the thing itself.

use leptos::prelude::*;

/// A box. Never put one inside another.
#[component]
pub fn Panel(
    #[prop(optional, into)] title: Oco<'static, str>,
    /// What stands at the end of the title's line.
    #[prop(optional, into)]
    end: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    let header = (!title.is_empty()).then(|| {
        view! {
            <header>
                <h2>{title}</h2>
                <div class="line tight end">{end.map(|end| end.run())}</div>
            </header>
        }
    });
    view! { <section class="panel">{header} {children()}</section> }
}
