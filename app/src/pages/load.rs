//! How pages get their data: fetched on the server before the page is sent, in the browser
//! afterwards; a refusal is said in place.

use std::pin::Pin;

use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::session::load_flash;
use crate::error::{Kind, UiError};
use crate::flash::Flash;
use crate::ui::{Loading, Notice, Tone};

/// The flash that the address names, for all forms of the page.
#[derive(Clone, Copy)]
pub struct FlashResource(Resource<Option<Flash>>);

/// Provides the flash to every page below.
pub fn provide_flash() {
    let query = use_query_map();
    let id = Memo::new(move |_| query.with(|query| query.get("flash")));
    provide_context(FlashResource(Resource::new(
        move || id.get(),
        |id| async move { load_flash(id?).await.ok() },
    )));
}

/// A page's view on its way.
type Fetched = Pin<Box<dyn Future<Output = Result<AnyView, UiError>> + Send>>;

/// Shows what a resource brings, once it is there, with the page's flash in the context.
pub fn loaded<T>(
    data: Resource<Result<T, UiError>>,
    view: impl Fn(T) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    shown(Box::new(move || {
        Box::pin(async move { data.await.map(view) })
    }))
}

/// The part that does not depend on what is loaded, so that it is in the program once.
fn shown(fetch: Box<dyn Fn() -> Fetched + Send + Sync>) -> AnyView {
    let flash = use_context::<FlashResource>();
    view! {
        <Transition fallback=Loading>
            {move || {
                let fetched = fetch();
                Suspend::new(async move {
                    if let Some(FlashResource(flash)) = flash {
                        provide_context(flash.await.unwrap_or_default());
                    }
                    match fetched.await {
                        Ok(view) => view,
                        Err(error) => refusal(error),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// Shows a form that needs no data but its flash.
pub fn with_flash(view: impl Fn() -> AnyView + Copy + Send + Sync + 'static) -> AnyView {
    let nothing = Resource::new(|| (), |()| std::future::ready(Ok::<(), UiError>(())));
    loaded(nothing, move |()| view())
}

/// Says why a page cannot be shown; whoever is signed out goes to the door.
pub fn refusal(error: UiError) -> AnyView {
    if error.kind == Kind::SignedOut {
        let location = use_location();
        let here = location.pathname.get_untracked() + &location.search.get_untracked();
        let next = leptos_router::location::Url::escape(&here);
        return view! { <Redirect path=format!("/sign-in?next={next}")/> }.into_any();
    }
    let reasons = error
        .fields
        .iter()
        .map(|field| view! { <p>{field.message.clone()}</p> })
        .collect_view();
    view! {
        <div class="inner">
            <Notice tone=Tone::Bad title=error.message>
                {reasons} <p>
                    <a href="/">"Go to the dashboard"</a>
                </p>
            </Notice>
        </div>
    }
    .into_any()
}

/// A part of the address, for example the id in `/products/3`; empty where it is absent.
pub fn path_part(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// A value of the query, for example a filter.
pub fn query_part(name: &'static str) -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| {
        query
            .with(|query| query.get(name))
            .filter(|text| !text.is_empty())
    })
}
