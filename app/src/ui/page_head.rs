//! Title of the page and of the window, one sentence of purpose, the page's actions.

use leptos::prelude::*;
use leptos_meta::Title;

use super::Breakable;

/// The head of a page; its children are the actions, at most one of them the main one.
#[component]
pub fn PageHead(
    #[prop(into)] title: Oco<'static, str>,
    #[prop(into)] purpose: Oco<'static, str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let window = title.to_string();
    view! {
        <Title text=window/>
        <div class="head">
            <div>
                <h1>
                    <Breakable text=title.into_owned()/>
                </h1>
                <p>
                    <Breakable text=purpose.into_owned()/>
                </p>
            </div>
            {children.map(|children| view! { <div class="line tight">{children()}</div> })}
        </div>
    }
}
