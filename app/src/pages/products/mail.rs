//! The mail that delivers the keys: template, what it makes of it, and a try.

use std::time::Duration;

use domain::template::PLACEHOLDERS;
use leptos::prelude::*;

use crate::api::products::{MailPreview, PreviewMail, ProductPage as Page, SendTestMail};
use crate::ui::{
    AreaField, CheckField, Field, FormAction, FormPanel, InputKind, Notice, Panel, Tone,
};

/// How long typing rests before the preview is made anew.
const REST: Duration = Duration::from_millis(400);

/// Subject and body beside the mail that they make.
#[component]
pub fn MailTemplate(data: Page) -> impl IntoView {
    let form = data.form;
    let name = form.name.clone().unwrap_or_default();
    let subject = RwSignal::new(form.email_subject.clone().unwrap_or_default());
    let body = RwSignal::new(form.email_template.clone().unwrap_or_default());
    let preview = ServerAction::<PreviewMail>::new();
    let ask = move || {
        preview.dispatch(PreviewMail {
            product_name: name.clone(),
            subject: subject.get_untracked(),
            template: body.get_untracked(),
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
    let first = data.preview;
    let shown = move || match preview.value().get() {
        Some(Ok(mail)) => mail,
        Some(Err(error)) => MailPreview {
            problem: Some(error.message),
            ..MailPreview::default()
        },
        None => first.clone(),
    };
    view! {
        <div class="two">
            <Panel title="Mail">
                <div class="inner stack loose">
                    <CheckField
                        name="sendPurchaseEmail"
                        label="Auto Email"
                        hint="Send the keys to the buyer as soon as they exist."
                        is_ticked=form.send_purchase_email.as_deref() == Some("true")
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
            <Panel title="Preview">{move || mail_view(shown())}</Panel>
        </div>
    }
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
