//! A state as a word with a colour.

use leptos::prelude::*;

/// The four states of the palette, and the plain one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Ok,
    /// Wants a look.
    Warn,
    /// Wants an act.
    Bad,
    /// News without a judgement.
    Info,
    /// Nothing to say.
    #[default]
    Plain,
}

impl Tone {
    /// The class of the style sheet.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::Plain => "",
        }
    }
}

/// A small word in its tone.
#[component]
pub fn Tag(tone: Tone, #[prop(into)] word: Oco<'static, str>) -> impl IntoView {
    view! { <span class=format!("tag {}", tone.class())>{word}</span> }
}
