//! Live pages in the browser: one stream while the page is in sight tells what changed, and whoever
//! shows it fetches it anew. Where the stream cannot be had, everything is fetched every ten seconds.
//!
//! What is fetched this way never takes anything away: a refusal leaves the page as it is.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::js_sys::Date;
use leptos::web_sys::{EventSource, MessageEvent};
use serde::Deserialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};

use super::load::{Data, Source, Text};
use super::trouble::{Trouble, is_silent, trouble_line};
use crate::api::Listed;
use crate::api::session::Viewer;
use crate::clock::Clock;
use crate::error::Kind;
use crate::sent::open;

/// How often everything is fetched while there is no stream.
const ROUND: Duration = Duration::from_secs(10);
/// By this name the stream shows that it lives while nothing changes.
const BEAT: &str = "beat";
/// What stands for all subjects.
const EVERYTHING: &str = ".everything.";

/// Subjects of the change log as they stand in the stream's words, for example `.license.`.
pub type Subjects = &'static [&'static str];

/// What the stream says, for every page below the frame.
#[derive(Clone, Copy)]
pub struct Live {
    /// The frame's own data; a page without a frame has none.
    viewer: Option<Data<Viewer>>,
    clock: Clock,
    /// Words of the last event: `side.subject.verb` with spaces between them.
    said: RwSignal<String>,
    trouble: RwSignal<Option<Trouble>>,
    /// In which state the stream was when it was last heard of.
    state: StoredValue<u16>,
    /// And when, by the browser's clock.
    heard: StoredValue<i64>,
}

/// The stream, in the browser alone: it cannot leave its thread.
type Stream = StoredValue<Option<EventSource>, LocalStorage>;

impl Live {
    /// Listens from what the frame's own data know on, as long as the frame is there.
    pub fn provide(viewer: Data<Viewer>) -> Self {
        let live = Self::of(Some(viewer));
        viewer.follow(&[""]);
        live
    }

    /// The same for what is below here on a page without a frame. What the log has told before is said first: so
    /// whoever follows looks once the stream is there, and misses nothing.
    pub fn listen_alone() -> Self {
        Self::of(None)
    }

    fn of(viewer: Option<Data<Viewer>>) -> Self {
        let live = Self {
            viewer,
            clock: Clock::provide(),
            said: RwSignal::new(String::new()),
            trouble: RwSignal::new(None),
            state: StoredValue::new(EventSource::OPEN),
            heard: StoredValue::new(0),
        };
        provide_context(live);
        Effect::new(move |_: Option<()>| {
            let viewer = viewer.and_then(Data::get);
            if let Some(Ok(viewer)) = viewer {
                live.clock.set(viewer.now, browser_millis());
            }
        });
        Effect::new(move |_: Option<()>| live.begin());
        live
    }

    /// The quiet line where something is wrong; tracked.
    pub fn trouble(self) -> Option<AnyView> {
        // A page without a frame may have let go of its stream.
        self.trouble.try_get().flatten().map(trouble_line)
    }

    fn has_trouble(self) -> bool {
        self.trouble.try_get_untracked().flatten().is_some()
    }

    fn begin(self) {
        let stream = Stream::new_local(None);
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            self.hear(stream, &event);
        });
        let hear = hear.into_js_value();
        self.listen(stream, &hear);
        let look = move || {
            if document().hidden() {
                // Browsers open few connections to a server: who is not in sight needs none.
                end(stream);
                return;
            }
            // Words like `2 min ago` go on with the rounds: no page has a clock of its own for them.
            self.clock.tick(browser_millis());
            self.give_up_silent(stream);
            let state = state(stream);
            if state != EventSource::OPEN || self.has_trouble() {
                if state == EventSource::CLOSED {
                    self.listen(stream, &hear);
                }
                self.said.try_set(EVERYTHING.to_owned());
            }
        };
        let seen = look.clone();
        let sight = window_event_listener_untyped("visibilitychange", move |_| seen());
        let rounds = set_interval_with_handle(look, ROUND);
        on_cleanup(move || {
            sight.remove();
            rounds.map(|rounds| rounds.clear()).ok();
            end(stream);
        });
    }

    fn listen(self, stream: Stream, hear: &JsValue) {
        let viewer = self.viewer.and_then(|viewer| untrack(|| viewer.get()));
        let after = viewer
            .and_then(Result::ok)
            .map_or(0, |viewer| viewer.changes);
        if let Ok(opened) = EventSource::new(&format!("/live?after={after}")) {
            let hear = Some(hear.unchecked_ref());
            opened.set_onopen(hear);
            opened.set_onerror(hear);
            opened.set_onmessage(hear);
            if let Some(hear) = hear {
                let _ = opened.add_event_listener_with_callback(BEAT, hear);
            }
            self.heard.try_set_value(browser_millis());
            stream.try_set_value(Some(opened));
        }
    }

    /// A wire that was cut without a word leaves a stream open that hears nothing any more.
    fn give_up_silent(self, stream: Stream) {
        let heard = self.heard.try_get_value().unwrap_or_default();
        if state(stream) != EventSource::CLOSED && is_silent(heard, browser_millis()) {
            end(stream);
            self.state.try_set_value(EventSource::CLOSED);
            self.trouble.try_set(Some(Trouble::Lost));
        }
    }

    fn hear(self, stream: Stream, event: &MessageEvent) {
        self.heard.try_set_value(browser_millis());
        if event.type_() == BEAT {
            return;
        }
        let state = state(stream);
        let is_lost = state == EventSource::CONNECTING;
        let before = self.state.try_get_value();
        self.state.try_set_value(state);
        // One that was refused is asked for again in the next round, which says what it meets.
        if state != EventSource::CLOSED {
            self.trouble.try_set(is_lost.then_some(Trouble::Lost));
        }
        if let Some(words) = event.data().as_string() {
            self.said.try_set(words);
        } else if state == EventSource::OPEN && before != Some(state) {
            // What was asked for while it was away may have failed.
            self.said.try_set(EVERYTHING.to_owned());
        }
    }

    /// True where what was fetched beside the page can be shown; what else it says is told.
    fn takes(self, text: &Text) -> bool {
        let Some(state) = self.state.try_get_value() else {
            // Nobody listens any more.
            return false;
        };
        let kind = text.as_ref().map_err(|error| error.kind);
        let trouble = match kind {
            Err(Kind::SignedOut) => Some(Trouble::SignedOut),
            Err(Kind::Unreachable) => Some(Trouble::Lost),
            Ok(_) if state != EventSource::CONNECTING => None,
            _ => return text.is_ok(),
        };
        self.trouble.try_set(trouble);
        text.is_ok()
    }
}

/// What the browser's clock shows, right or wrong.
#[expect(
    clippy::cast_possible_truncation,
    reason = "whole milliseconds, far from where they would not fit"
)]
fn browser_millis() -> i64 {
    Date::now() as i64
}

fn state(stream: Stream) -> u16 {
    let state = |stream: &Option<EventSource>| stream.as_ref().map(EventSource::ready_state);
    let state = stream.try_with_value(state).flatten();
    state.unwrap_or(EventSource::CLOSED)
}

fn end(stream: Stream) {
    stream.try_update_value(|stream| {
        if let Some(stream) = stream.take() {
            stream.close();
        }
    });
}

/// Does something whenever one of the subjects has changed, in the browser.
fn on_change(subjects: Subjects, act: Box<dyn Fn(Live)>) {
    let Some(live) = use_context::<Live>() else {
        return;
    };
    Effect::new(move |begun: Option<()>| {
        let concerned = live.said.with(|said| {
            said.contains(EVERYTHING) || subjects.iter().any(|subject| said.contains(subject))
        });
        // What was said before is on the page already.
        if begun.is_some() && concerned {
            act(live);
        }
    });
}

impl<T> Data<T> {
    /// Fetches it anew, beside the page, whenever one of the subjects has changed.
    pub fn follow(self, subjects: Subjects) {
        let source = self.source;
        on_change(subjects, Box::new(move |live| source.bring(live)));
    }
}

impl Source {
    /// Fetches anew what failed, once it may go well: when the stream is back, and in each round without it.
    pub(super) fn heal(self) {
        let act = move |live| {
            if self.has_failed() {
                self.bring(live);
            }
        };
        on_change(&[], Box::new(act));
    }

    fn bring(self, live: Live) {
        spawn_local(async move {
            if let Some(text) = self.look().await
                && live.takes(&text)
            {
                self.show(text);
            }
        });
    }
}

/// A row as far as news are concerned.
#[derive(Deserialize)]
struct Row {
    id: String,
}

/// How many rows came since a list was shown; `None` where none did, or nothing was there to be read.
fn count_new(shown: &str, fetched: &str) -> Option<String> {
    let ids = |rows: Vec<Row>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    let shown = open::<Listed<Row>>(shown).ok()?;
    let fetched = open::<Listed<Row>>(fetched).ok()?;
    let goes_on = fetched.next.is_some();
    count_in_front(&ids(shown.items), &ids(fetched.items), goes_on)
}

/// How many ids stand in front of the first that was shown. A row that left a full page lets an older one in
/// behind, which is not news.
pub fn count_in_front(shown: &[String], fetched: &[String], goes_on: bool) -> Option<String> {
    let first = fetched.iter().position(|id| shown.contains(id));
    let count = first.unwrap_or(fetched.len());
    if shown.is_empty() || count == 0 {
        return None;
    }
    // Where none is there any more, further ones may have come that the page has no room for.
    let more = if first.is_none() && goes_on { "+" } else { "" };
    Some(format!("{count}{more}"))
}

/// Above a list that begins with the newest: a button with the number of rows that came since. Rows
/// never move under somebody's eyes; where none came, those that are there are brought up to date.
pub fn news<T>(data: Data<Listed<T>>, subjects: Subjects) -> AnyView {
    news_of(data.source, subjects)
}

fn news_of(source: Source, subjects: Subjects) -> AnyView {
    let waiting = RwSignal::new(None::<(String, Text)>);
    on_change(
        subjects,
        Box::new(move |live| {
            spawn_local(async move {
                let Some(fetched) = source.look().await.filter(|text| live.takes(text)) else {
                    return;
                };
                let shown = source.text.try_get_untracked().flatten();
                let (Some(Ok(old)), Ok(new)) = (&shown, &fetched) else {
                    return;
                };
                match count_new(old, new) {
                    None => source.show(fetched),
                    Some(count) => _ = waiting.try_set(Some((count, fetched))),
                }
            });
        }),
    );
    // Another page of the list, or the same anew: nothing waits any more.
    Effect::new(move |_: Option<()>| {
        source.turn.track();
        waiting.set(None);
    });
    let show = move |_| {
        if let Some((_, fetched)) = waiting.get_untracked() {
            source.show(fetched);
        }
    };
    let button = move || {
        let (count, _) = waiting.get()?;
        Some(view! {
            <button type="button" class="btn quiet" on:click=show>
                {count}
                " new"
            </button>
        })
    };
    view! {
        <div class="news" role="status">
            {button}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_in_front_of_those_that_were_there_are_new() {
        let page = |ids: &[&str], next: &str| {
            let rows: Vec<_> = ids
                .iter()
                .map(|id| format!(r#"{{"id":"{id}","x":1}}"#))
                .collect();
            format!(
                r#"{{"items":[{}],"next":{next},"now":"2026-11-23T00:00:00Z"}}"#,
                rows.join(",")
            )
        };
        let list = |ids: &[&str]| page(ids, "null");
        let full = |ids: &[&str]| page(ids, r#""a""#);
        let shown = list(&["b", "a"]);
        let new = |fetched: &str| count_new(&shown, fetched);
        assert_eq!(new(&shown), None);
        assert_eq!(new(&list(&["d", "c", "b", "a"])).as_deref(), Some("2"));
        assert_eq!(new(&full(&["b", "z"])), None, "an older one came up");
        assert_eq!(new(&full(&["c", "a"])).as_deref(), Some("1"));
        assert_eq!(new(&list(&["d", "c"])).as_deref(), Some("2"));
        assert_eq!(new(&full(&["d", "c"])).as_deref(), Some("2+"));
        assert_eq!(new(&list(&[])), None, "all are gone");
        assert_eq!(count_new(&list(&[]), &shown), None, "nothing was read");
    }
}
