//! The mail that delivers the keys: template, what it makes of it, and a try.

use std::time::Duration;

use domain::template::PLACEHOLDERS;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::products::{MailPreview, ProductPage as Page, SendTestMail, preview_mail};
use crate::error::UiError;
use crate::sent::{Sent, open};
use crate::ui::{
    AreaField, CheckField, Field, FormAction, FormPanel, InputKind, Notice, Panel, Tone,
};

/// How long typing rests before the preview is made anew.
const REST: Duration = Duration::from_millis(400);

/// Subject and body beside the mail that they make.
#[component]
pub fn MailTemplate(data: Page) -> impl IntoView {
    let form = data.form;
    let name = form.get("name").to_owned();
    let subject = RwSignal::new(form.get("emailSubject").to_owned());
    let body = RwSignal::new(form.get("emailTemplate").to_owned());
    let shown = RwSignal::new(data.preview);
    // An answer to a text that was changed meanwhile is passed over.
    let ask = move || {
        let name = name.clone();
        let asked = (subject.get_untracked(), body.get_untracked());
        spawn_local(async move {
            let answer = preview_mail(name, asked.0.clone(), asked.1.clone()).await;
            if is_still(subject, &asked.0) && is_still(body, &asked.1) {
                shown.try_set(read(answer));
            }
        });
    };
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    // Whoever saves at once leaves the page before the typing has rested.
    on_cleanup(move || {
        if let Some(handle) = waiting.try_get_value().flatten() {
            handle.clear();
        }
    });
    Effect::new(move |before: Option<()>| {
        subject.track();
        body.track();
        if before.is_none() {
            return;
        }
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(ask.clone(), REST).ok());
    });
    view! {
        <div class="two">
            <Panel title="Mail">
                <div class="inner stack loose">
                    <CheckField
                        name="sendPurchaseEmail"
                        label="Auto Email"
                        hint="Send the keys to the buyer as soon as they exist."
                        is_ticked=form.is_ticked("sendPurchaseEmail")
                    />
                    <Field
                        name="emailSubject"
                        label="Subject"
                        hint="Empty: the standard subject."
                        value=subject.get_untracked()
                        text=subject
                    />
                    <AreaField
                        name="emailTemplate"
                        label="Email Template"
                        hint="Empty: the standard text. A template that begins with < is HTML."
                        value=body.get_untracked()
                        text=body
                    />
                    <PlaceholderList/>
                </div>
            </Panel>
            <Panel title="Preview">{move || mail_view(shown.get())}</Panel>
        </div>
    }
}

fn is_still(text: RwSignal<String>, asked: &str) -> bool {
    text.try_with_untracked(|text| text == asked) == Some(true)
}

fn read(answer: Result<Sent<MailPreview>, UiError>) -> MailPreview {
    let mail = answer.and_then(|sent| open(&sent.into_text()));
    mail.unwrap_or_else(|error| MailPreview {
        problem: Some(error.message),
        ..MailPreview::default()
    })
}

#[component]
fn PlaceholderList() -> impl IntoView {
    PLACEHOLDERS
        .iter()
        .map(|placeholder| {
            view! {
                <p class="small">
                    <code>{format!("{{{{{}}}}}", placeholder.name)}</code>
                    " "
                    <span class="muted">{placeholder.meaning}</span>
                </p>
            }
        })
        .collect_view()
}

/// A mail as it is, or why there is none.
pub fn mail_view(mail: MailPreview) -> AnyView {
    if let Some(problem) = mail.problem {
        return view! {
            <div class="inner">
                <Notice tone=Tone::Warn title=problem/>
            </div>
        }
        .into_any();
    }
    let body = match mail.html {
        Some(html) => view! {
            <iframe class="letter-frame" title="The mail as HTML" sandbox="" srcdoc=html></iframe>
        }
        .into_any(),
        None => view! { <div class="letter">{mail.text}</div> }.into_any(),
    };
    view! {
        <p class="inner strong wrap">{mail.subject}</p>
        {body}
    }
    .into_any()
}

/// Sends the saved mail with example values.
#[component]
pub fn TestMail(id: String, email: String) -> impl IntoView {
    let action = FormAction::of::<SendTestMail>();
    view! {
        <FormPanel title="Test mail" action id submit="Send test mail">
            <Field
                name="recipient"
                label="Send to"
                hint="What is saved, with an example key."
                kind=InputKind::Email
                value=email
            />
        </FormPanel>
    }
}
