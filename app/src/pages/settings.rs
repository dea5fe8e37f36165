//! What a tenant sets about itself, whether test keys open programs, and the mail server.

mod mail_server;

use leptos::prelude::*;

use super::history::History;
use super::load::{Data, loaded};
use crate::api::settings::{
    DropMailServer, SaveMailServer, SaveSettings, SendServerTest, SetTestKeys, Settings,
    load_settings,
};
use crate::ui::{
    ButtonLook, Confirm, Fact, Facts, Field, Form, FormAction, PageHead, Panel, SubmitButton, Tag,
    Tone,
};

use mail_server::{MailActs, mail_server};

/// The actions of the page.
#[derive(Clone, Copy)]
struct Acts {
    save: FormAction,
    test_keys: FormAction,
    mails: MailActs,
}

/// Kinds of changes that its history shows, as the audit log names them, and in words.
const KINDS: &[(&str, &str)] = &[("tenant", "the company")];

/// Settings.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let acts = Acts {
        save: FormAction::of::<SaveSettings>(),
        test_keys: FormAction::of::<SetTestKeys>(),
        mails: MailActs {
            test: FormAction::of::<SendServerTest>(),
            save: FormAction::of::<SaveMailServer>(),
            forget: FormAction::of::<DropMailServer>(),
        },
    };
    let mails = acts.mails;
    let changed = [acts.save, acts.test_keys, mails.save, mails.forget];
    let changed = changed.map(FormAction::successes);
    let data = Data::new(
        move || changed.map(|count| count.get()),
        |_| load_settings(),
    );
    view! {
        <div class="page">
            <PageHead
                title="Settings"
                purpose="Who sells, where customers write to, and how mails go out."
            />
            {loaded(data, move |settings| body(settings, &acts))}
        </div>
    }
}

fn body(settings: Settings, acts: &Acts) -> AnyView {
    let mails = mail_server(&settings, acts.mails);
    let keys = test_keys(&settings, acts.test_keys);
    let (history, now) = (settings.history.clone(), settings.now);
    let company = company(settings, acts.save);
    view! {
        <div class="two">
            <div class="stack">
                <Panel title="Company">{company}</Panel>
                <Panel title="Mail server">{mails}</Panel>
            </div>
            <div class="stack">
                <Panel title="Test keys">
                    <div class="inner stack">{keys}</div>
                </Panel>
                <Panel title="Yours alone">
                    <div class="inner stack">
                        <p>
                            "The time zone that you read in, the second step at sign-in and your signed-in browsers are on your account’s page."
                        </p>
                        <p>
                            <a href="/account">"Your account"</a>
                        </p>
                    </div>
                </Panel>
                <History changes=history now kinds=KINDS/>
            </div>
        </div>
    }
    .into_any()
}

fn company(settings: Settings, save: FormAction) -> AnyView {
    if !settings.may_manage {
        let address = match settings.support_address {
            empty if empty.is_empty() => "none yet".to_owned(),
            address => address,
        };
        return view! {
            <Facts>
                <Fact name="Company name">{settings.company_name}</Fact>
                <Fact name="Support address">{address}</Fact>
            </Facts>
        }
        .into_any();
    }
    view! {
        <div class="inner">
            <Form action=save>
                <Field
                    name="companyName"
                    label="Company name"
                    hint="Stands in the top bar and in invitations; buyers do not see it."
                    value=settings.company_name
                />
                <Field
                    name="supportAddress"
                    label="Support address"
                    hint="Tickets from your programs are mailed here; an answer goes to who wrote. Empty: they stand under Tickets alone."
                    value=settings.support_address
                />
                <div class="form-end">
                    <SubmitButton label="Save settings"/>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

fn test_keys(settings: &Settings, action: FormAction) -> AnyView {
    let (tone, word, what) = if settings.test_keys_valid {
        (
            Tone::Warn,
            "valid",
            "Keys from test purchases open your programs, so that you can try the whole way. Whoever can make a test purchase has a working key.",
        )
    } else {
        (
            Tone::Ok,
            "not valid",
            "You are live: keys from test purchases open nothing.",
        )
    };
    let switch = settings.may_manage.then(|| {
        let company = &settings.company_name;
        let (value, label, question, switch) = if settings.test_keys_valid {
            (
                "false",
                "Go live…",
                format!(
                    "Programs of “{company}” that run with a key from a test purchase stop when they next ask. Keys from real purchases are not touched."
                ),
                format!("Go live with “{company}”"),
            )
        } else {
            (
                "true",
                "Let test keys open programs again…",
                format!(
                    "Every key from a test purchase opens the programs of “{company}” again, those of your customers too."
                ),
                format!("Let test keys open programs of “{company}”"),
            )
        };
        view! {
            <Confirm label question>
                <Form action>
                    <input type="hidden" name="valid" value=value/>
                    <SubmitButton label=switch look=ButtonLook::Danger/>
                </Form>
            </Confirm>
        }
    });
    view! {
        <p>
            <Tag tone word/>
        </p>
        <p>{what}</p>
        {switch}
    }
    .into_any()
}
