//! A form that keeps what was typed: sends to a server function, shows its refusal in
//! place, and takes up what waited in the flash where no script ran.
//!
//! Deliberately not Leptos's `ActionForm`: that one reads every form into its own Rust type
//! in the browser and writes it out again, which made a third of the program. Here the
//! browser's own form data goes out as it is, by one function for all forms.

use std::sync::Arc;

use leptos::context::Provider;
use leptos::form::form_data_from_event;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;
use leptos::web_sys::{SubmitEvent, UrlSearchParams};

use super::send::send;
use super::{Notice, Tone};
use crate::error::UiError;
use crate::flash::{Done, Flash};

/// What came of an action, and the thing whose form had been sent, where there are several.
type Ended = (Result<Done, UiError>, Option<String>);

/// A server function as forms use it, and what came of it last.
#[derive(Clone, Copy)]
pub struct FormAction {
    path: &'static str,
    outcome: RwSignal<Option<Ended>>,
    pending: RwSignal<bool>,
    successes: RwSignal<u32>,
}

impl FormAction {
    /// The action of a server function.
    pub fn of<S: ServerFn<Output = Done, Error = UiError>>() -> Self {
        Self {
            path: S::PATH,
            outcome: RwSignal::new(None),
            pending: RwSignal::new(false),
            successes: RwSignal::new(0),
        }
    }

    /// Counts successes: a page that reads it is fetched again after each, and keeps
    /// what was typed after a refusal.
    pub fn successes(self) -> ReadSignal<u32> {
        self.successes.read_only()
    }

    fn dispatch(self, body: String, thing: Option<String>) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        spawn_local(async move {
            let answer = send(self.path, &body).await;
            // The page may be gone meanwhile, and its signals with it.
            self.pending.try_set(false);
            // Whoever was sent elsewhere leaves: there is nothing to fetch for a page that goes.
            let Some(outcome) = answer.transpose() else {
                return;
            };
            if outcome.is_ok() {
                self.successes.try_update(|count| *count += 1);
            }
            self.outcome.try_set(Some((outcome, thing)));
        });
    }

    /// True where the page was loaded after a refusal of the form about this thing, so that what
    /// holds the form stands open and shows it.
    pub fn was_refused(self, (input, thing): (&str, &str)) -> bool {
        let flash = self.flash();
        flash.error.is_some() && flash.typed(input) == Some(thing)
    }

    fn flash(self) -> Flash {
        let flash = use_context::<Flash>().filter(|flash| flash.form == self.path);
        flash.unwrap_or_default()
    }
}

/// The hidden input that names the thing a form is about, where one action has several forms on a
/// page: its name, and the thing.
pub type About = (&'static str, String);

/// What the parts inside a form know about it.
///
/// All of it lives as long as whoever reads it: a page that is drawn anew lets go of its forms a
/// moment before their elements, and an answer may come in that moment.
#[derive(Clone)]
pub struct FormState {
    name: String,
    outcome: ArcSignal<Option<Result<Done, UiError>>>,
    pending: Option<RwSignal<bool>>,
    flash: Arc<Flash>,
}

impl FormState {
    fn new(action: FormAction, about: Option<&About>) -> Self {
        let mut flash = action.flash();
        let mut name = action
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        if let Some((input, thing)) = about {
            name = format!("{name}-{thing}");
            if flash.typed(input) != Some(thing) {
                flash = Flash::default();
            }
        }
        let thing = about.map(|(_, thing)| thing.clone());
        let outcome = move || {
            let (outcome, sent) = action.outcome.get()?;
            (sent == thing).then_some(outcome)
        };
        Self {
            name,
            outcome: ArcSignal::derive(outcome),
            pending: Some(action.pending),
            flash: Arc::new(flash),
        }
    }

    /// The state of the form around the caller; an idle one outside of forms.
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self {
            name: String::new(),
            outcome: ArcSignal::derive(|| None),
            pending: None,
            flash: Arc::default(),
        })
    }

    /// True while the form is on its way; tracked.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some_and(|pending| pending.get())
    }

    /// The id of an input's element, unique on the page.
    pub fn element_id(&self, input: &str) -> String {
        format!("{}-{input}", self.name)
    }

    /// What was typed into an input before the page was loaded.
    pub fn typed(&self, input: &str) -> Option<String> {
        self.flash.typed(input).map(str::to_owned)
    }

    /// True where the page was loaded after a refusal, so that unticked boxes stay unticked.
    pub fn has_typed(&self) -> bool {
        !self.flash.input.is_empty()
    }

    /// Why an input was refused, as a signal.
    pub fn refusal(&self, input: &str) -> ArcSignal<Option<String>> {
        let (state, input) = (self.clone(), input.to_owned());
        ArcSignal::derive(move || {
            let error = state.outcome()?.err()?;
            error.fields.message(&input).map(str::to_owned)
        })
    }

    fn outcome(&self) -> Option<Result<Done, UiError>> {
        self.outcome.get().or_else(|| outcome_of(&self.flash))
    }
}

fn outcome_of(flash: &Flash) -> Option<Result<Done, UiError>> {
    let refused = flash.error.clone().map(Err);
    refused.or_else(|| flash.done.clone().map(Ok))
}

/// A form around its fields and buttons.
#[component]
pub fn Form(
    /// The action that it dispatches.
    action: FormAction,
    /// The thing that it is about, where the action has several forms on the page. What was done
    /// is then said by an [`Outcome`]: the form may be gone with its thing.
    #[prop(optional, into)]
    about: Option<About>,
    children: Children,
) -> impl IntoView {
    let state = FormState::new(action, about.as_ref());
    let (outcome, says_done) = (state.clone(), about.is_none());
    let form = NodeRef::<leptos::html::Form>::new();
    if matches!(action.outcome.get_untracked(), Some((Ok(_), _))) {
        // Made anew after a success: show what is saved now, and no typed secrets.
        Effect::new(move || {
            if let Some(form) = form.get() {
                form.reset();
            }
        });
    }
    let thing = about.as_ref().map(|(_, thing)| thing.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(body) = encoded(&event) {
            action.dispatch(body, thing.clone());
        }
    };
    let said = move || {
        let outcome = outcome.outcome();
        outcome
            .filter(|outcome| says_done || outcome.is_err())
            .map(outcome_notice)
    };
    let named = about.map(|(name, thing)| {
        view! { <input type="hidden" name=name value=thing/> }
    });
    view! {
        <form class="form" method="post" action=action.path node_ref=form on:submit=submit>
            <Provider value=state>{said} {named} {children()}</Provider>
        </form>
    }
}

/// What came of an action whose form may be gone with its thing: what was done, and refusals
/// that no form on the page can show.
#[component]
pub fn Outcome(
    action: FormAction,
    /// Name of the hidden input by which its forms name their things.
    about: &'static str,
    /// The things whose forms are on the page.
    present: Vec<String>,
) -> impl IntoView {
    let flash = action.flash();
    move || {
        let (outcome, thing) = action.outcome.get().or_else(|| {
            let thing = flash.typed(about).map(str::to_owned);
            outcome_of(&flash).map(|outcome| (outcome, thing))
        })?;
        let has_form = thing.is_some_and(|thing| present.contains(&thing));
        (outcome.is_ok() || !has_form).then(|| outcome_notice(outcome))
    }
}

/// What the browser would send, with the name and value of the pressed button.
fn encoded(event: &SubmitEvent) -> Option<String> {
    let data = form_data_from_event(event).ok()?;
    let pairs = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    pairs.to_string().as_string()
}

fn outcome_notice(outcome: Result<Done, UiError>) -> AnyView {
    match outcome {
        Ok(done) if done.notice.is_empty() => ().into_any(),
        Ok(done) => {
            let link = done.link.map(|link| {
                view! { <a href=link.href>{link.label}</a> }
            });
            view! {
                <Notice tone=Tone::Ok title=done.notice>
                    {link}
                </Notice>
            }
            .into_any()
        }
        Err(error) => {
            let door = (!error.door.is_empty()).then(|| {
                view! { <a href=error.door>"Sign in"</a> }
            });
            view! {
                <Notice tone=Tone::Bad title=error.message>
                    {door}
                </Notice>
            }
            .into_any()
        }
    }
}
