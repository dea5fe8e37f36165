//! The door for people.

use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{provide_flash, query_part, with_flash};
use crate::api::session::SignIn;
use crate::ui::{Field, Form, InputKind, Logo, SubmitButton};

/// Sign in, then go on to where the person wanted to be.
#[component]
pub fn SignInPage() -> impl IntoView {
    provide_flash();
    let action = ServerAction::<SignIn>::new();
    let next = query_part("next");
    let form = move || {
        view! {
            <Form action>
                <input type="hidden" name="next" value=next.get_untracked()/>
                <Field name="email" label="E-mail" kind=InputKind::Email/>
                <Field name="password" label="Password" kind=InputKind::Password/>
                <div class="form-end">
                    <SubmitButton label="Sign in"/>
                </div>
            </Form>
        }
        .into_any()
    };
    view! {
        <Title text="Sign in"/>
        <main class="door">
            <header>
                <span class="brand">
                    <Logo/>
                </span>
                <h1>"Sign in"</h1>
                <p class="muted">"Licence keys for what you sell, delivered when it is paid."</p>
            </header>
            {with_flash(form)}
            <p class="muted small">
                "No account? Whoever runs this server makes one with "
                <code>"exisone admin create"</code> "."
            </p>
        </main>
    }
}
