//! Title of the page and of the window, one sentence of purpose, the page's actions.

use leptos::html::H1;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::Breakable;

/// The path whose page has the focus, or whose reader has put it elsewhere: a page that stands under another one has
/// just been come to.
#[derive(Clone, Copy)]
pub struct Arrived(StoredValue<String>);

impl Arrived {
    /// For the pages below. The first one comes from the server, and the browser puts the focus.
    pub fn provide() {
        let path = use_location().pathname.get_untracked();
        provide_context(Self(StoredValue::new(path)));
    }

    fn is_new(self, path: &str) -> bool {
        let is_new = self.0.try_with_value(|known| known != path) == Some(true);
        if is_new {
            self.0.set_value(path.to_owned());
        }
        is_new
    }
}

/// The head of a page; its children are the actions, at most one of them the main one. Where somebody has come to
/// the page by a link inside the browser, its title takes the focus, as with a page that the browser loads: it is
/// read out, and Tab goes on from there.
#[component]
pub fn PageHead(
    #[prop(into)] title: Oco<'static, str>,
    #[prop(into)] purpose: Oco<'static, str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let window = title.to_string();
    let heading = NodeRef::<H1>::new();
    if let Some(arrived) = use_context::<Arrived>() {
        let path = use_location().pathname.get_untracked();
        Effect::new(move |_: Option<()>| {
            if let Some(heading) = heading.get()
                && arrived.is_new(&path)
                && !is_used()
            {
                let _ = heading.focus();
            }
        });
    }
    view! {
        <Title text=window/>
        <div class="head">
            <div>
                <h1 tabindex="-1" node_ref=heading>
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

/// True where somebody is at work in the page already.
fn is_used() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|focused| focused.closest("main").ok().flatten().is_some())
}
