//! The door for people.

use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{Data, loaded, provide_flash, query_part};
use crate::api::session::SignIn;
use crate::api::set_up::is_set_up_open;
use crate::ui::{Field, Form, FormAction, InputKind, Logo, Notice, SubmitButton, Tone};

/// Sign in, then go on to where the person wanted to be.
#[component]
pub fn SignInPage() -> impl IntoView {
    provide_flash();
    let action = FormAction::of::<SignIn>();
    let next = query_part("next");
    let is_new = Data::new(|| (), |()| is_set_up_open());
    let form = move |is_new: bool| {
        let set_up = is_new.then(|| {
            view! {
                <Notice tone=Tone::Info title="Nobody can sign in yet">
                    <p>
                        <a href="/set-up">"Set up your shop and your own account"</a>
                    </p>
                </Notice>
            }
        });
        view! {
            {set_up}
            <Form action>
                <input type="hidden" name="next" value=next.get_untracked()/>
                <Field name="email" label="E-mail" kind=InputKind::Account/>
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
            {loaded(is_new, form)}
            <p class="muted small">
                "Forgot your password? Whoever runs this server sets a new one with "
                <code>"exisone admin password"</code> "."
            </p>
            <p class="muted small">
                "No account? Whoever runs this server makes one with "
                <code>"exisone admin create"</code> "."
            </p>
        </main>
    }
}
