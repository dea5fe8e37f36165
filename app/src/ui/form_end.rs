//! The end of a form that has a page of its own: saving, and the way back.

use leptos::prelude::*;

use super::SubmitButton;

/// Saves, or goes back to the list.
#[component]
pub fn FormEnd(
    /// What the main button says.
    save: &'static str,
    /// Address of the list.
    back: &'static str,
) -> impl IntoView {
    view! {
        <div class="form-end">
            <SubmitButton label=save/>
            <a class="btn quiet" href=back>
                "Cancel"
            </a>
        </div>
    }
}
