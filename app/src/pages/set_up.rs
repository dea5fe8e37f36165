//! The very first page: tenant and first person. It is gone once a person exists.

use leptos::prelude::*;
use leptos_meta::Title;

use super::load::{Data, loaded, provide_flash};
use crate::api::set_up::{SetUp, set_up_is_open};
use crate::ui::{Field, Form, FormAction, InputKind, Logo, SubmitButton};

/// Set up.
#[component]
pub fn SetUpPage() -> impl IntoView {
    provide_flash();
    let open = Data::new(|| (), |()| set_up_is_open());
    view! {
        <Title text="Set up"/>
        <main class="door">{loaded(open, |()| view! { <SetUpForm/> }.into_any())}</main>
    }
}

#[component]
fn SetUpForm() -> impl IntoView {
    let action = FormAction::of::<SetUp>();
    view! {
        <header>
            <span class="brand">
                <Logo/>
            </span>
            <h1>"Set up ExisOne"</h1>
            <p class="muted">
                "Your shop and your own account. The set-up code proves that this server is yours: its start printed it, and it stands in "
                <code>"data/setup-code"</code> "."
            </p>
        </header>
        <Form action>
            <Field name="code" label="Set-up code" kind=InputKind::Secret/>
            <Field
                name="tenantName"
                label="Name of your shop"
                hint="Whoever sells: customers do not see it."
            />
            <Field name="email" label="Your e-mail" kind=InputKind::Account/>
            <Field
                name="password"
                label="Password"
                hint="At least 12 characters; a sentence is fine."
                kind=InputKind::NewPassword
            />
            <div class="form-end">
                <SubmitButton label="Set up and sign in"/>
            </div>
        </Form>
    }
}
