//! Keys, ids, URLs: in mono, shortened in the middle, whole on hover and on copy.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::format;

/// A long value with its copy button.
#[component]
pub fn Copyable(
    #[prop(into)] text: String,
    /// What it is, for the button's name: `key`, `webhook URL`.
    what: &'static str,
    /// Where what it stands for is looked at.
    #[prop(optional)]
    href: Option<String>,
) -> impl IntoView {
    let shown = format::shorten(&text);
    let shown = view! { <code title=text.clone()>{shown}</code> };
    let shown = match href {
        Some(href) => view! { <a href=href>{shown}</a> }.into_any(),
        None => shown.into_any(),
    };
    view! {
        <span class="copyable">
            {shown}
            <CopyButton text what/>
        </span>
    }
}

/// Copies a text and says so.
#[component]
pub fn CopyButton(
    #[prop(into)] text: String,
    /// What it is, for the button's name.
    what: &'static str,
    #[prop(default = "Copy")] label: &'static str,
) -> impl IntoView {
    let idle = label;
    let label = RwSignal::new(idle);
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            label.set(write_clipboard(&text).await);
            set_timeout(move || label.set(idle), Duration::from_millis(1600));
        });
    };
    view! {
        <button type="button" class="copy" aria-label=format!("Copy {what}") on:click=copy>
            <span aria-live="polite">{label}</span>
        </button>
    }
}

/// Answers the word for the button. Browsers give no clipboard to pages without TLS.
async fn write_clipboard(text: &str) -> &'static str {
    let clipboard = window().navigator().clipboard();
    if AsRef::<JsValue>::as_ref(&clipboard).is_undefined() {
        return "Needs https";
    }
    match JsFuture::from(clipboard.write_text(text)).await {
        Ok(_) => "Copied",
        Err(_) => "Not allowed",
    }
}
