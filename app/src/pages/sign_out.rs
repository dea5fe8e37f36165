//! Signing out in every browser, on the account's page and in the menu: it asks first.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use crate::api::session::SignOut;
use crate::ui::Confirm;

/// The question, which names whom it is about; the page is left by the form itself, without a script.
pub fn sign_out_everywhere(email: &str) -> AnyView {
    let question =
        format!("Every browser in which {email} is signed in, this one too, has to sign in again.");
    view! {
        <Confirm label="Sign out everywhere…" question>
            <form method="post" action=SignOut::PATH>
                <button class="btn danger" name="everywhere" value="true">
                    "Sign out everywhere"
                </button>
            </form>
        </Confirm>
    }
    .into_any()
}
