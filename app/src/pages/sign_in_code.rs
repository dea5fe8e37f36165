//! The second step at the door, for whoever has a second factor.

use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{Data, loaded, provide_flash, query_part};
use crate::api::session::{SignInWithCode, load_code_step};
use crate::ui::{Field, Form, FormAction, InputKind, Logo, Notice, SubmitButton, Tone};

/// Asks for a code, then goes on to where the person wanted to be.
#[component]
pub fn SignInCodePage() -> impl IntoView {
    provide_flash();
    let action = FormAction::of::<SignInWithCode>();
    let next = query_part("next");
    let waits = Data::new(|| (), |()| load_code_step());
    let form = move |waits: bool| {
        if !waits {
            return view! {
                <Notice tone=Tone::Warn title="The code was asked for too long ago">
                    <p>
                        <a href="/sign-in">"Sign in with your password again"</a>
                    </p>
                </Notice>
            }
            .into_any();
        }
        view! {
            <Form action>
                <input type="hidden" name="next" value=next.get_untracked()/>
                <Field
                    name="code"
                    label="Code"
                    hint="The six digits that your authenticator app shows now, or one of your recovery codes."
                    kind=InputKind::OneTimeCode
                />
                <div class="form-end">
                    <SubmitButton label="Sign in"/>
                    <a class="btn quiet" href="/sign-in">
                        "Back"
                    </a>
                </div>
            </Form>
            <p class="muted small">
                "No app and no recovery codes any more? An owner of your company can turn the second step off for you, under Users and roles; for an only owner, whoever runs this server does it with "
                <code>"exisone admin end-second-factor"</code> "."
            </p>
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
                <h1>"One more step"</h1>
                <p class="muted">"Your password was right. This account asks for a code as well."</p>
            </header>
            {loaded(waits, form)}
        </main>
    }
}
