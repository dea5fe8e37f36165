//! The button that sends a form.

use leptos::prelude::*;

use super::FormState;

/// How loud a button is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonLook {
    /// The page's one main action.
    #[default]
    Main,
    /// Beside it.
    Plain,
    /// In a row.
    Quiet,
    /// Takes something away.
    Danger,
}

impl ButtonLook {
    const fn class(self) -> &'static str {
        match self {
            Self::Main => "btn main",
            Self::Plain => "btn",
            Self::Quiet => "btn quiet",
            Self::Danger => "btn danger",
        }
    }
}

/// Sends the form around it; waits while the form is on its way.
#[component]
pub fn SubmitButton(
    #[prop(into)] label: Oco<'static, str>,
    #[prop(optional)] look: ButtonLook,
) -> impl IntoView {
    let form = FormState::current();
    view! {
        <button class=look.class() disabled=move || form.is_pending()>
            {label}
        </button>
    }
}
