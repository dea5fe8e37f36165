//! How pages get their data: fetched on the server before the page is sent, in the browser
//! afterwards; a refusal is said in place.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use domain::field_error::FieldError;
use domain::permission::Permission;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use serde::de::DeserializeOwned;

use crate::api::session::{Viewer, load_flash, load_zone};
use crate::error::{Kind, UiError};
use crate::flash::Flash;
use crate::sent::{Sent, open};
use crate::ui::{Loading, Notice, Tone};
use crate::zone::Zone;

/// What a fetch brings, as text, whatever its type.
pub(super) type Text = Result<String, UiError>;

/// A fetch on its way.
type Fetching = Pin<Box<dyn Future<Output = Text> + Send>>;

/// A page's data: fetched anew whenever its key changes.
pub struct Data<T> {
    pub(super) source: Source,
    is: PhantomData<fn() -> T>,
}

/// The part of it that does not depend on its type, so that it is in the program once.
#[derive(Clone, Copy)]
pub(super) struct Source {
    pub(super) text: Resource<Text>,
    /// Counts what its key was.
    key_turn: Memo<u32>,
    /// Counts what was shown; read by whoever has to know that it is something else now.
    pub(super) turn: Memo<u32>,
    fetch: StoredValue<Arc<dyn Fn() -> Fetching + Send + Sync>>,
    looks: StoredValue<Looks>,
    /// What was fetched beside the page, and is to be shown.
    fresh: RwSignal<Option<Text>>,
}

/// Fetches beside the page. Several may be on their way: one that began later knows more.
#[derive(Default)]
struct Looks {
    begun: u32,
    /// The last of those that came back.
    latest: u32,
}

impl Looks {
    fn begin(&mut self) -> u32 {
        self.begun += 1;
        self.begun
    }

    /// True where none that began later has come back before.
    fn end(&mut self, began: u32) -> bool {
        let is_latest = began > self.latest;
        self.latest = self.latest.max(began);
        is_latest
    }
}

fn one_more(count: Option<&u32>) -> u32 {
    count.map_or(0, |count| count.wrapping_add(1))
}

impl<T> Clone for Data<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Data<T> {}

impl<T: DeserializeOwned + 'static> Data<T> {
    /// Data that a server function brings for a key.
    pub fn new<K, F>(
        key: impl Fn() -> K + Send + Sync + 'static,
        fetch: impl Fn(K) -> F + Send + Sync + 'static,
    ) -> Self
    where
        K: Clone + PartialEq + Send + Sync + 'static,
        F: Future<Output = Result<Sent<T>, UiError>> + Send + 'static,
    {
        let key = Memo::new(move |_| key());
        let fetching = move || -> Fetching {
            let fetched = fetch(key.get_untracked());
            Box::pin(async move { fetched.await.map(Sent::into_text) })
        };
        let fresh = RwSignal::new(None);
        let key_turn = Memo::new(move |turn: Option<&u32>| {
            // Read, not only tracked: a key that is worked out afterwards would count as changed,
            // and everything would be fetched twice.
            key.with(|_| ());
            one_more(turn)
        });
        Self {
            source: Source::new(key_turn, (Arc::new(fetching), fresh)),
            is: PhantomData,
        }
    }

    /// Waits for it.
    pub async fn load(self) -> Result<T, UiError> {
        open(&self.source.text.await?)
    }

    /// What is there by now; tracked.
    pub fn get(self) -> Option<Result<T, UiError>> {
        let text = self.source.text.get()?;
        Some(text.and_then(|text| open(&text)))
    }
}

impl Source {
    fn new(
        key_turn: Memo<u32>,
        (fetch, fresh): (
            Arc<dyn Fn() -> Fetching + Send + Sync>,
            RwSignal<Option<Text>>,
        ),
    ) -> Self {
        let turn = Memo::new(move |turn: Option<&u32>| {
            key_turn.with(|_| ());
            fresh.track();
            one_more(turn)
        });
        let again = fetch.clone();
        let text = Resource::new(
            move || turn.get(),
            move |_| {
                let is_here = fresh.try_update_untracked(Option::take).flatten();
                is_here.map_or_else(|| again(), |text| Box::pin(async move { text }) as Fetching)
            },
        );
        Self {
            text,
            key_turn,
            turn,
            fetch: StoredValue::new(fetch),
            looks: StoredValue::new(Looks::default()),
            fresh,
        }
    }

    /// Fetches beside the page, which stays as it is; `None` where the page has another key by then, or knows
    /// what came later.
    pub(super) async fn look(self) -> Option<Text> {
        let key_turn = self.key_turn.try_get_untracked()?;
        let began = self.looks.try_update_value(Looks::begin)?;
        let text = self.fetch.try_with_value(|fetch| fetch())?.await;
        let is_latest = self.looks.try_update_value(|looks| looks.end(began))?;
        (is_latest && self.key_turn.try_get_untracked()? == key_turn).then_some(text)
    }

    /// True where the page shows a refusal that may pass.
    pub(super) fn has_failed(self) -> bool {
        let text = self.text.try_get_untracked().flatten();
        matches!(text, Some(Err(error)) if error.may_pass())
    }

    /// Shows what was fetched beside the page.
    pub(super) fn show(self, text: Text) {
        self.fresh.try_set(Some(text));
    }
}

/// The flash that the address names, for all forms of the page.
#[derive(Clone, Copy)]
pub struct FlashData(Data<Flash>);

/// Provides the flash to every page below.
pub fn provide_flash() {
    let id = query_part("flash");
    provide_context(FlashData(Data::new(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => load_flash(id).await,
                None => Sent::pack(&Flash::default()),
            }
        },
    )));
}

/// The zone that the person reads times in, for all pages; fetched again when another is chosen.
#[derive(Clone, Copy)]
pub struct ZoneData {
    zone: Data<Option<Zone>>,
    turn: RwSignal<u32>,
}

impl ZoneData {
    /// Provides it to every page below.
    pub fn provide() {
        let turn = RwSignal::new(0);
        let zone = Data::new(move || turn.get(), |_| load_zone());
        provide_context(Self { zone, turn });
    }

    /// Another one was chosen.
    pub fn fetch_again(self) {
        self.turn.update(|turn| *turn += 1);
    }
}

/// A page's view on its way.
type Drawing = Pin<Box<dyn Future<Output = Result<AnyView, UiError>> + Send>>;

/// Shows what a fetch brings, once it is there, with the page's flash in the context.
pub fn loaded<T: DeserializeOwned + Send + 'static>(
    data: Data<T>,
    view: impl Fn(T) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    let draw = move || -> Drawing { Box::pin(async move { data.load().await.map(view) }) };
    shown(data.source, Box::new(draw))
}

/// The same for a page with a search field: where what is searched for is refused, the page
/// gets the reason, to say it beside the field.
pub fn loaded_or_refused<T: DeserializeOwned + Send + 'static>(
    data: Data<T>,
    field: &'static str,
    view: impl Fn(Result<T, String>) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    loaded_or_refused_in(data, [field], move |found| {
        view(found.map_err(|refused| refused.message))
    })
}

/// The same for a page with several such fields: it gets the refused one with the reason.
pub fn loaded_or_refused_in<T: DeserializeOwned + Send + 'static, const N: usize>(
    data: Data<T>,
    fields: [&'static str; N],
    view: impl Fn(Result<T, FieldError>) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    let draw = move || -> Drawing {
        Box::pin(async move {
            match data.load().await {
                Ok(loaded) => Ok(view(Ok(loaded))),
                Err(error) => {
                    let is_one = |refused: &&FieldError| fields.contains(&refused.field.as_str());
                    let refused = error.fields.iter().find(is_one).cloned();
                    refused.map_or(Err(error), |refused| Ok(view(Err(refused))))
                }
            }
        })
    };
    shown(data.source, Box::new(draw))
}

/// Shows what only people with a permission can use, once it is known who looks.
pub fn where_permitted(
    permission: Permission,
    view: impl Fn() -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    let viewer = use_context::<Data<Viewer>>();
    view! {
        <Transition>
            {move || Suspend::new(async move {
                let role = viewer?.load().await.ok()?.role;
                role.permissions().contains(permission).then(view)
            })}
        </Transition>
    }
    .into_any()
}

/// The part that does not depend on what is shown, so that it is in the program once.
fn shown(source: Source, draw: Box<dyn Fn() -> Drawing + Send + Sync>) -> AnyView {
    source.heal();
    let flash = use_context::<FlashData>();
    let zone = use_context::<ZoneData>();
    view! {
        <Transition fallback=Loading>
            {move || {
                let drawing = draw();
                Suspend::new(async move {
                    if let Some(FlashData(flash)) = flash {
                        provide_context(flash.load().await.unwrap_or_default());
                    }
                    if let Some(ZoneData { zone, .. }) = zone
                        && let Ok(Some(zone)) = zone.load().await
                    {
                        provide_context(zone);
                    }
                    match drawing.await {
                        Ok(view) => view,
                        Err(error) => refusal(error, source),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

/// Says why a page cannot be shown; whoever is signed out goes to the door.
fn refusal(error: UiError, source: Source) -> AnyView {
    if error.kind == Kind::SignedOut {
        return view! { <Redirect path=door()/> }.into_any();
    }
    let way_on = if error.may_pass() {
        // Without a script the link loads the whole page.
        let again = move |event: MouseEvent| {
            event.prevent_default();
            source.text.refetch();
        };
        view! {
            <a href=here() rel="external" on:click=again>
                "Try again"
            </a>
        }
        .into_any()
    } else {
        view! { <a href="/">"Go to the dashboard"</a> }.into_any()
    };
    // What is wrong with a part of the address says more than that something is.
    let reason = error.fields.first().map(|field| field.message.clone());
    view! {
        <div class="inner">
            <Notice tone=Tone::Bad title=reason.unwrap_or(error.message)>
                <p>{way_on}</p>
            </Notice>
        </div>
    }
    .into_any()
}

/// The address of the present page.
fn here() -> String {
    let location = use_location();
    let here = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    if search.is_empty() {
        return here;
    }
    // The router keeps the query without its question mark.
    format!("{here}?{}", search.trim_start_matches('?'))
}

/// The address of the door, and from there back to the present page.
pub(super) fn door() -> String {
    let next = leptos_router::location::Url::escape(&here());
    format!("/sign-in?next={next}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_began_later_is_shown_over_what_came_back_before_and_never_the_other_way_around() {
        let mut looks = Looks::default();
        let (first, second) = (looks.begin(), looks.begin());
        assert!(looks.end(first) && looks.end(second));
        let (third, fourth) = (looks.begin(), looks.begin());
        assert!(looks.end(fourth), "a newer one knows more");
        assert!(!looks.end(third), "what is older than the page");
    }
}
