//! A box with one thing to do about the page's object: a few fields and the button that sends them.

use leptos::prelude::*;

use super::{ButtonLook, Form, FormAction, Panel, SubmitButton};

/// A box whose form sends `id` with its fields.
#[component]
pub fn FormPanel(
    #[prop(into)] title: Oco<'static, str>,
    action: FormAction,
    /// Id of what the form is about.
    id: String,
    /// What the button says.
    submit: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <Panel title>
            <div class="inner">
                <Form action>
                    <input type="hidden" name="id" value=id/>
                    {children()}
                    <div class="form-end">
                        <SubmitButton label=submit look=ButtonLook::Plain/>
                    </div>
                </Form>
            </div>
        </Panel>
    }
}
