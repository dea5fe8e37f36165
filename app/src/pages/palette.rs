//! The command palette: Ctrl-K, a few letters, and one is where one wanted to be.

use std::time::Duration;

use leptos::html::{Dialog, Input};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::KeyboardEvent;
use leptos_router::hooks::use_navigate;

use super::frame::IsOpen;
use crate::api::palette::{Hit, find_anything};
use crate::sent::{Sent, open};

/// How long nobody types before it is asked what the text may mean.
const PAUSE: Duration = Duration::from_millis(120);
/// Id of the list, and the beginning of the ids of what is in it.
const LIST: &str = "palette-hits";

/// What the palette works with.
#[derive(Clone, Copy)]
struct Palette {
    typed: RwSignal<String>,
    hits: RwSignal<Vec<Hit>>,
    /// Which of the hits Enter leads to.
    chosen: RwSignal<usize>,
    /// What is wrong, or what came of it, for who does not see the list.
    said: RwSignal<String>,
    asking: StoredValue<Option<TimeoutHandle>>,
}

/// The palette, opened as soon as it is on the page.
#[component]
pub fn PalettePage() -> impl IntoView {
    let is_open = use_context::<IsOpen>();
    let palette = Palette {
        typed: RwSignal::new(String::new()),
        hits: RwSignal::new(Vec::new()),
        chosen: RwSignal::new(0),
        said: RwSignal::new(String::new()),
        asking: StoredValue::new(None),
    };
    let (dialog, input) = (NodeRef::<Dialog>::new(), NodeRef::<Input>::new());
    Effect::new(move |_: Option<()>| {
        if let (Some(dialog), Some(input)) = (dialog.get(), input.get()) {
            // One that is open already stays as it is.
            let _ = dialog.show_modal();
            let _ = input.focus();
            palette.ask();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let navigate = use_navigate();
    let go = Callback::new(move |href: String| {
        close();
        navigate(&href, leptos_router::NavigateOptions::default());
    });
    let closed = move |_| {
        if let Some(IsOpen(is_open)) = is_open {
            is_open.set(false);
        }
    };
    view! {
        <dialog class="palette" aria-label="Find anything" node_ref=dialog on:close=closed>
            <div class="line tight">
                <input
                    class="input"
                    type="text"
                    role="combobox"
                    aria-label="Find anything"
                    aria-autocomplete="list"
                    aria-expanded=move || if palette.is_empty() { "false" } else { "true" }
                    aria-controls=move || (!palette.is_empty()).then_some(LIST)
                    aria-activedescendant=move || {
                        (!palette.is_empty()).then(|| element_id(palette.chosen.get()))
                    }
                    placeholder="A page, product, key, e-mail, or an id of Stripe’s"
                    autocomplete="off"
                    spellcheck="false"
                    node_ref=input
                    on:input:target=move |event| palette.type_in(event.target().value())
                    on:keydown=move |event| palette.press(&event, go)
                />
                <button type="button" class="btn quiet" on:click=move |_| close()>
                    "Close"
                </button>
            </div>
            {move || (!palette.is_empty()).then(|| list(palette, go))}
            <p class="muted small" role="status">
                {move || palette.said.get()}
            </p>
        </dialog>
    }
}

fn element_id(place: usize) -> String {
    format!("{LIST}-{place}")
}

fn list(palette: Palette, go: Callback<String>) -> impl IntoView {
    let hits = palette.hits.get().into_iter().enumerate();
    let lines = hits
        .map(|(place, hit)| {
            let is_chosen = move || palette.chosen.get() == place;
            let href = hit.href;
            view! {
                <li
                    role="option"
                    id=element_id(place)
                    aria-selected=move || if is_chosen() { "true" } else { "false" }
                    on:click=move |_| go.run(href.clone())
                >
                    <span class="muted small">{hit.kind}</span>
                    <span>
                        <b>{hit.label}</b>
                        <span class="muted small">{hit.note}</span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul id=LIST role="listbox" aria-label="Found">
            {lines}
        </ul>
    }
}

impl Palette {
    fn is_empty(self) -> bool {
        self.hits.with(Vec::is_empty)
    }

    fn type_in(self, text: String) {
        self.typed.set(text);
        if let Some(earlier) = self.asking.get_value() {
            earlier.clear();
        }
        let asked = set_timeout_with_handle(move || self.ask(), PAUSE);
        self.asking.set_value(asked.ok());
    }

    /// Asks what the text may mean; an answer to a text that was changed meanwhile is passed over.
    fn ask(self) {
        let text = self.typed.get_untracked();
        spawn_local(async move {
            let answer = find_anything(text.clone()).await.map(Sent::into_text);
            let found = answer.and_then(|answer| open::<Vec<Hit>>(&answer));
            if self.typed.try_get_untracked() != Some(text) {
                return;
            }
            let said = match &found {
                Ok(hits) if hits.is_empty() => "Nothing found.".to_owned(),
                Ok(hits) => format!("{} found. Choose with the arrows and Enter.", hits.len()),
                Err(error) => error.message.clone(),
            };
            self.chosen.try_set(0);
            self.said.try_set(said);
            self.hits.try_set(found.unwrap_or_default());
        });
    }

    fn press(self, event: &KeyboardEvent, go: Callback<String>) {
        let count = self.hits.with_untracked(Vec::len);
        let chosen = self.chosen.get_untracked();
        if count == 0 {
            return;
        }
        let next = match event.key().as_str() {
            "ArrowDown" => (chosen + 1) % count,
            "ArrowUp" => (chosen + count - 1) % count,
            "Enter" => {
                event.prevent_default();
                let href = self.hits.with_untracked(|hits| hits[chosen].href.clone());
                return go.run(href);
            }
            _ => return,
        };
        event.prevent_default();
        self.chosen.set(next);
        if let Some(line) = document().get_element_by_id(&element_id(next)) {
            line.scroll_into_view_with_bool(false);
        }
    }
}
