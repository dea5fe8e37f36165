//! A form that keeps what was typed: sends to a server function, shows its refusal in
//! place, and takes up what waited in the flash where no script ran.

use leptos::context::Provider;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::client::Client;
use leptos::server_fn::codec::PostUrl;
use leptos::server_fn::request::ClientReq;
use leptos::server_fn::{Http, ServerFn};
use leptos::web_sys::FormData;
use serde::de::DeserializeOwned;

use super::{Notice, Tone};
use crate::error::UiError;
use crate::flash::{Done, Flash};

/// What the parts inside a form know about it.
#[derive(Clone)]
pub struct FormState {
    name: String,
    outcome: Signal<Option<Result<Done, UiError>>>,
    pending: Signal<bool>,
    flash: StoredValue<Flash>,
}

impl FormState {
    /// The state of the form around the caller; an idle one outside of forms.
    pub fn current() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self {
            name: String::new(),
            outcome: Signal::stored(None),
            pending: Signal::stored(false),
            flash: StoredValue::new(Flash::default()),
        })
    }

    /// True while the form is on its way.
    pub fn pending(&self) -> Signal<bool> {
        self.pending
    }

    /// The id of an input's element: unique as long as a form stands once on a page.
    pub fn element_id(&self, input: &str) -> String {
        format!("{}-{input}", self.name)
    }

    /// What was typed into an input before the page was loaded.
    pub fn typed(&self, input: &str) -> Option<String> {
        self.flash
            .with_value(|flash| flash.typed(input).map(str::to_owned))
    }

    /// True where the page was loaded after a refusal, so that unticked boxes stay unticked.
    pub fn has_typed(&self) -> bool {
        self.flash.with_value(|flash| !flash.input.is_empty())
    }

    /// Why an input was refused, as a signal.
    pub fn refusal(&self, input: &str) -> Signal<Option<String>> {
        let (state, input) = (self.clone(), input.to_owned());
        Signal::derive(move || {
            let error = state.outcome()?.err()?;
            error.fields.message(&input).map(str::to_owned)
        })
    }

    fn outcome(&self) -> Option<Result<Done, UiError>> {
        self.outcome.get().or_else(|| {
            self.flash.with_value(|flash| {
                let refused = flash.error.clone().map(Err);
                refused.or_else(|| flash.notice.clone().map(|notice| Ok(Done { notice })))
            })
        })
    }
}

/// A form around its fields and buttons.
#[component]
pub fn Form<S>(
    /// The action that it dispatches.
    action: ServerAction<S>,
    children: Children,
) -> impl IntoView
where
    S: ServerFn<
            Output = Done,
            Error = UiError,
            Protocol = Http<PostUrl, leptos::server_fn::codec::Json>,
        > + DeserializeOwned
        + Clone
        + Send
        + Sync
        + 'static,
    S::Client: Client<UiError>,
    <<S::Client as Client<UiError>>::Request as ClientReq<UiError>>::FormData: From<FormData>,
{
    let value = action.value();
    let state = FormState {
        name: S::PATH.rsplit('/').next().unwrap_or_default().to_owned(),
        outcome: Signal::derive(move || value.get()),
        pending: action.pending().into(),
        flash: StoredValue::new(
            use_context::<Flash>()
                .filter(|flash| flash.form == S::PATH)
                .unwrap_or_default(),
        ),
    };
    let outcome = state.clone();
    view! {
        <ActionForm action attr:class="form">
            <Provider value=state>
                {move || outcome.outcome().map(outcome_notice)}
                {children()}
            </Provider>
        </ActionForm>
    }
}

fn outcome_notice(outcome: Result<Done, UiError>) -> AnyView {
    match outcome {
        Ok(done) if done.notice.is_empty() => ().into_any(),
        Ok(done) => view! { <Notice tone=Tone::Ok title=done.notice/> }.into_any(),
        Err(error) => view! { <Notice tone=Tone::Bad title=error.message/> }.into_any(),
    }
}
