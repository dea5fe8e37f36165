//! A tenant's mail server: which one is used, a test of it, and naming one of its own.

use leptos::prelude::*;

use crate::api::settings::{MailServer, Settings};
use crate::ui::{
    ButtonLook, Confirm, Fact, Facts, Field, Form, FormAction, InputKind, Notice, SubmitButton,
    Tone,
};

/// The actions of the panel.
#[derive(Clone, Copy)]
pub struct MailActs {
    /// Sends a test.
    pub test: FormAction,
    /// Saves a server of the tenant's own.
    pub save: FormAction,
    /// Takes it away.
    pub forget: FormAction,
}

/// What stands in the panel.
pub fn mail_server(settings: &Settings, acts: MailActs) -> AnyView {
    let used = match settings.mail_server.clone() {
        None => view! {
            <div class="inner">
                <Notice tone=Tone::Warn title="No mail server is set, so mails wait in the outbox">
                    <p>"Once one is set, waiting mails go out by themselves."</p>
                </Notice>
            </div>
        }
        .into_any(),
        Some(server) => used_server(server, settings, acts.test),
    };
    let change = settings.may_manage.then(|| own_server(settings, acts));
    view! {
        {used}
        {change}
    }
    .into_any()
}

fn used_server(server: MailServer, settings: &Settings, test_mail: FormAction) -> AnyView {
    let MailServer {
        host,
        sender,
        is_own,
    } = server;
    let whose = if is_own {
        "your own"
    } else {
        "the installation’s"
    };
    let try_it = settings.may_manage.then(|| {
        view! {
            <div class="inner stack">
                <p class="wrap">{format!("A test mail goes to {}.", settings.email)}</p>
                <Form action=test_mail>
                    <SubmitButton label="Send me a test" look=ButtonLook::Plain/>
                </Form>
            </div>
        }
    });
    view! {
        <Facts>
            <Fact name="Server">
                <code>{host}</code>
                " "
                <span class="muted small">{whose}</span>
            </Fact>
            <Fact name="From">{sender}</Fact>
        </Facts>
        {try_it}
    }
    .into_any()
}

/// The form of the tenant's own server: its URL is never shown again.
fn own_server(settings: &Settings, acts: MailActs) -> AnyView {
    let own = settings.mail_server.as_ref().filter(|server| server.is_own);
    let hint = if own.is_some() {
        "One is set, with its password. Leave this empty to keep it."
    } else {
        "smtp://user:password@mail.example.com:587?tls=required, or smtps://… for port 465."
    };
    let sender = own.map(|server| server.sender.clone()).unwrap_or_default();
    let forget = own.map(|server| {
        let (label, then) = if settings.is_mailer_installed {
            (
                "Use the installation’s server…",
                "Your mails go over the server of this installation.",
            )
        } else {
            (
                "Forget this server…",
                "This installation has no other, so mails wait in the outbox.",
            )
        };
        let host = &server.host;
        let question = format!("URL and password of “{host}” are forgotten. {then}");
        let forget = format!("Forget “{host}”");
        view! {
            <Confirm label question>
                <Form action=acts.forget>
                    <SubmitButton label=forget look=ButtonLook::Danger/>
                </Form>
            </Confirm>
        }
    });
    view! {
        <div class="inner stack">
            <Form action=acts.save>
                <Field
                    name="mailServerUrl"
                    label="URL of your own server"
                    hint
                    kind=InputKind::Secret
                />
                <Field
                    name="mailSender"
                    label="Sender"
                    hint="Who your mails come from: Nordwind <licenses@nordwind.example>."
                    value=sender
                />
                <div class="form-end">
                    <SubmitButton label="Save mail server"/>
                </div>
            </Form>
            {forget}
        </div>
    }
    .into_any()
}
