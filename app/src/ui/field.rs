//! Inputs: label above, hint below, refusal in place of the hint, text kept.

use leptos::prelude::*;

use super::FormState;

/// What kind of text an input takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Any line.
    #[default]
    Text,
    /// An e-mail address, of whomever.
    Email,
    /// The address that one signs in with; filled in by password managers.
    Account,
    /// A password that exists; filled in by password managers.
    Password,
    /// A password that is being chosen.
    NewPassword,
    /// A whole number.
    Number,
    /// A key or an id, in mono.
    Code,
    /// A secret: in mono, never filled in again.
    Secret,
    /// A code that holds for a moment.
    OneTimeCode,
}

impl InputKind {
    const fn html_type(self) -> &'static str {
        match self {
            Self::Email | Self::Account => "email",
            Self::Password | Self::NewPassword | Self::Secret => "password",
            _ => "text",
        }
    }

    const fn autocomplete(self) -> &'static str {
        match self {
            Self::Account => "username",
            Self::Password => "current-password",
            Self::NewPassword | Self::Secret => "new-password",
            Self::OneTimeCode => "one-time-code",
            _ => "off",
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Code | Self::Secret | Self::OneTimeCode => "input mono",
            Self::Number => "input short",
            _ => "input",
        }
    }

    const fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::NewPassword | Self::Secret)
    }
}

/// Id, refusal and hint of one input, shared by all kinds.
struct Wiring {
    id: String,
    hint_id: String,
    refusal: ArcSignal<Option<String>>,
    hint: Oco<'static, str>,
}

impl Wiring {
    fn new(state: &FormState, name: &str, hint: Oco<'static, str>) -> Self {
        let id = state.element_id(name);
        Self {
            hint_id: format!("{id}-hint"),
            refusal: state.refusal(name),
            id,
            hint,
        }
    }

    fn invalid(&self) -> impl Fn() -> Option<&'static str> + Send + Sync + use<> {
        let refusal = self.refusal.clone();
        move || refusal.with(Option::is_some).then_some("true")
    }

    fn below(self) -> impl IntoView {
        let (refusal, hint) = (self.refusal, self.hint);
        let is_refused = refusal.clone();
        view! {
            <p id=self.hint_id class="hint" class:refusal=move || is_refused.with(Option::is_some)>
                {move || refusal.get().unwrap_or_else(|| hint.to_string())}
            </p>
        }
    }
}

fn note_change(text: Option<RwSignal<String>>, event: &leptos::ev::Event) {
    if let Some(text) = text {
        text.set(event_target_value(event));
    }
}

/// One line of text.
#[component]
pub fn Field(
    /// Name in the form, camelCase.
    name: &'static str,
    #[prop(into)] label: Oco<'static, str>,
    #[prop(optional, into)] hint: Oco<'static, str>,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    #[prop(optional, into)] placeholder: Oco<'static, str>,
    #[prop(optional)] kind: InputKind,
    /// Gets every change, for a live preview.
    #[prop(optional)]
    text: Option<RwSignal<String>>,
) -> impl IntoView {
    let state = FormState::current();
    let wiring = Wiring::new(&state, name, hint);
    let value = if kind.is_secret() {
        String::new()
    } else {
        state.typed(name).unwrap_or(value)
    };
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}</label>
            <input
                class=kind.class()
                id=wiring.id.clone()
                name=name
                type=kind.html_type()
                inputmode=(kind == InputKind::Number).then_some("numeric")
                autocomplete=kind.autocomplete()
                spellcheck="false"
                placeholder=placeholder
                value=value
                on:input=move |event| note_change(text, &event)
                aria-describedby=wiring.hint_id.clone()
                aria-invalid=wiring.invalid()
            />
            {wiring.below()}
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn AreaField(
    name: &'static str,
    #[prop(into)] label: Oco<'static, str>,
    #[prop(optional, into)] hint: Oco<'static, str>,
    #[prop(optional, into)] value: String,
    #[prop(default = 10)] rows: u8,
    /// Gets every change, for a live preview.
    #[prop(optional)]
    text: Option<RwSignal<String>>,
) -> impl IntoView {
    let state = FormState::current();
    let wiring = Wiring::new(&state, name, hint);
    let value = state.typed(name).unwrap_or(value);
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}</label>
            <textarea
                class="input mono"
                id=wiring.id.clone()
                name=name
                rows=rows
                spellcheck="false"
                on:input=move |event| note_change(text, &event)
                aria-describedby=wiring.hint_id.clone()
                aria-invalid=wiring.invalid()
            >
                {value}
            </textarea>
            {wiring.below()}
        </div>
    }
}

/// One of a list: values and labels.
#[component]
pub fn SelectField(
    name: &'static str,
    #[prop(into)] label: Oco<'static, str>,
    #[prop(optional, into)] hint: Oco<'static, str>,
    #[prop(optional, into)] value: String,
    options: Vec<(String, String)>,
) -> impl IntoView {
    let state = FormState::current();
    let wiring = Wiring::new(&state, name, hint);
    let chosen = state.typed(name).unwrap_or(value);
    let options = options
        .into_iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            view! {
                <option value=value selected=is_chosen>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}</label>
            <select
                class="input"
                id=wiring.id.clone()
                name=name
                aria-describedby=wiring.hint_id.clone()
                aria-invalid=wiring.invalid()
            >
                {options}
            </select>
            {wiring.below()}
        </div>
    }
}

/// Yes or no, as a box that sends `true` when ticked and nothing otherwise.
#[component]
pub fn CheckField(
    name: &'static str,
    #[prop(into)] label: Oco<'static, str>,
    #[prop(optional, into)] hint: Oco<'static, str>,
    is_ticked: bool,
) -> impl IntoView {
    let state = FormState::current();
    let wiring = Wiring::new(&state, name, hint);
    let is_ticked = if state.has_typed() {
        state.typed(name).as_deref() == Some("true")
    } else {
        is_ticked
    };
    view! {
        <div class="check">
            <input
                type="checkbox"
                id=wiring.id.clone()
                name=name
                value="true"
                checked=is_ticked
                aria-describedby=wiring.hint_id.clone()
                aria-invalid=wiring.invalid()
            />
            <label for=wiring.id.clone()>{label}</label>
            {wiring.below()}
        </div>
    }
}

/// One of few, all in sight: value, label and the label's class.
#[component]
pub fn ChoiceField(
    name: &'static str,
    #[prop(into)] label: Oco<'static, str>,
    #[prop(optional, into)] hint: Oco<'static, str>,
    #[prop(into)] value: String,
    choices: &'static [(&'static str, &'static str, &'static str)],
) -> impl IntoView {
    let state = FormState::current();
    let wiring = Wiring::new(&state, name, hint);
    let chosen = state.typed(name).unwrap_or(value);
    let radios = choices
        .iter()
        .map(|(value, label, class)| {
            let id = format!("{}-{value}", wiring.id);
            let is_chosen = *value == chosen;
            view! {
                <input type="radio" id=id.clone() name=name value=*value checked=is_chosen/>
                <label for=id class=*class>
                    {*label}
                </label>
            }
        })
        .collect_view();
    let hint_id = wiring.hint_id.clone();
    view! {
        <fieldset class="field" aria-describedby=hint_id>
            <legend>{label}</legend>
            <div class="segments">{radios}</div>
            {wiring.below()}
        </fieldset>
    }
}

/// The refusal of a group of inputs; nothing where there is none.
#[component]
pub fn FieldRefusal(name: &'static str) -> impl IntoView {
    let refusal = FormState::current().refusal(name);
    move || {
        refusal
            .get()
            .map(|text| view! { <p class="hint refusal">{text}</p> })
    }
}
