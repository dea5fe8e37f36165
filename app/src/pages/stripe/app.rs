//! One Stripe app, or a new one: the form, and beside it what will work.

use domain::permission::Permission;
use domain::stripe_app_view::StripeAppView;
use leptos::prelude::*;

use super::app_form::{AppForm, app_facts};
use crate::api::stripe_apps::{AppPage as Page, ArchiveApp, CheckApp, SaveApp, load_app};
use crate::pages::history::History;
use crate::pages::load::{Data, loaded, path_part, where_permitted};
use crate::ui::{
    Breakable, ButtonLook, Confirm, CopyButton, Fact, Facts, Form, FormAction, Notice, PageHead,
    Panel, Step, Steps, SubmitButton, Tone,
};

/// What Stripe should send.
const EVENTS: [&str; 4] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
];

/// What a restricted key must be allowed, by Stripe's names.
const RIGHTS: &str = "A restricted key (rk_…) needs: Checkout Sessions, write; Webhook Endpoints, write; Events, \
    PaymentIntents, Charges and Refunds, Disputes, Invoices, Subscriptions, Products and Prices, read.";

/// A new app.
#[component]
pub fn NewAppPage() -> impl IntoView {
    let action = FormAction::of::<SaveApp>();
    let data = Data::new(|| (), |()| load_app(String::new()));
    view! {
        <div class="page">
            <PageHead
                title="Add a Stripe app"
                purpose="From the Stripe Dashboard, Developers › API keys. Secrets are sealed with this tenant’s key and never shown again."
            />
            {loaded(
                data,
                move |data| {
                    view! {
                        <div class="two">
                            <AppForm data=data.clone() action/>
                            <div class="stack">
                                <Endpoint data/>
                            </div>
                        </div>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

/// One app.
#[component]
pub fn AppPage() -> impl IntoView {
    let save = FormAction::of::<SaveApp>();
    let check = FormAction::of::<CheckApp>();
    let archive = FormAction::of::<ArchiveApp>();
    let id = path_part("id");
    let saved = save.successes();
    let data = Data::new(move || (id.get(), saved.get()), |(id, _)| load_app(id));
    view! {
        <div class="page">
            {loaded(
                data,
                move |data| view! { <Body data save check archive/> }.into_any(),
            )}
        </div>
    }
}

#[component]
fn Body(data: Page, save: FormAction, check: FormAction, archive: FormAction) -> impl IntoView {
    let Some(app) = data.app.clone() else {
        return ().into_any();
    };
    let (id, name) = (app.id.to_string(), app.name.clone());
    let (history, now) = (data.history.clone(), data.now);
    let about = ("stripe_app", id.clone());
    if data.archived_at.is_some() {
        return view! {
            <PageHead
                title=name
                purpose="A Stripe account that issued keys. What came of it stays as it is."
            />
            <Notice tone=Tone::Warn title="This app is archived">
                <p>"Its secrets are forgotten, and what its account sends is refused."</p>
                <p>
                    <a href=format!("/stripe?apps=archived&app={id}")>"What it sent"</a>
                </p>
            </Notice>
            {app_facts(&app, data.archived_at, now)}
            <History changes=history now about/>
        }
        .into_any();
    }
    let archiving = data.may_manage.then(|| archiving((id, &name), archive));
    let fields = if data.may_manage {
        view! { <AppForm data=data.clone() action=save/> }.into_any()
    } else {
        app_facts(&app, None, now)
    };
    view! {
        <PageHead
            title=app.name.clone()
            purpose="A Stripe account that may issue keys. Secrets are sealed with this tenant’s key and never shown again."
        />
        <div class="two">
            {fields}
            <div class="stack">
                <Checks app check/>
                <Endpoint data/>
                {archiving}
                <History changes=history now about/>
            </div>
        </div>
    }
    .into_any()
}

fn archiving((id, name): (String, &str), archive: FormAction) -> AnyView {
    let label = format!("Archive “{name}”");
    let question = format!(
        "“{name}” stops verifying events at once, and its secrets are forgotten. Its events and purchases stay."
    );
    view! {
        <Confirm label="Archive…" question>
            <Form action=archive>
                <input type="hidden" name="id" value=id/>
                <SubmitButton label look=ButtonLook::Danger/>
            </Form>
        </Confirm>
    }
    .into_any()
}

#[component]
fn Checks(app: StripeAppView, check: FormAction) -> impl IntoView {
    let problems = app
        .problems
        .into_iter()
        .map(|problem| {
            view! {
                <Step tone=Tone::Bad>
                    {problem.cause} <span class="under muted">{problem.remedy}</span>
                </Step>
            }
        })
        .collect_view();
    let id = app.id;
    let test = app.has_secret.then(|| {
        where_permitted(Permission::Manage, move || {
            view! {
                <footer>
                    <Form action=check>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <SubmitButton label="Try the secret key at Stripe" look=ButtonLook::Plain/>
                    </Form>
                </footer>
            }
            .into_any()
        })
    });
    view! {
        <Panel title="Checks">
            <Steps>
                {secret("Secret key", app.has_secret, &app.secret_key_last_four)}
                {secret(
                    "Webhook signing secret",
                    app.has_webhook_signing_secret,
                    &app.signing_secret_last_four,
                )} {problems}
            </Steps>
            <p class="inner small muted">{RIGHTS}</p>
            {test}
        </Panel>
    }
}

fn secret(what: &'static str, is_readable: bool, last_four: &str) -> AnyView {
    if is_readable {
        let text = format!("{what} is saved and can be read: it ends in {last_four}.");
        view! { <Step tone=Tone::Ok>{text}</Step> }.into_any()
    } else if last_four.is_empty() {
        let text = format!("{what} is not saved yet.");
        view! { <Step tone=Tone::Warn>{text}</Step> }.into_any()
    } else {
        let text = format!("{what} is saved but cannot be read. Paste it again and save.");
        view! { <Step tone=Tone::Bad>{text}</Step> }.into_any()
    }
}

/// An address that is compared letter by letter is shown whole.
fn whole(url: String, what: &'static str) -> impl IntoView {
    view! {
        <span class="copyable">
            <code>
                <Breakable text=url.clone()/>
            </code>
            <CopyButton text=url what/>
        </span>
    }
}

/// Where Stripe sends events, and which.
#[component]
fn Endpoint(data: Page) -> impl IntoView {
    let own = data.app.map(|app| {
        view! {
            <Fact name="This app’s URL">
                {whole(app.webhook_url, "webhook URL")}
            </Fact>
        }
    });
    let not_https = (!data.is_https).then(|| {
        view! {
            <Step tone=Tone::Warn>
                "This server is not reached by https, so Stripe itself cannot send here. The sandbox and the Stripe CLI can."
            </Step>
        }
    });
    let events = EVENTS
        .map(|name| {
            view! {
                <li>
                    <code>
                        <Breakable text=name/>
                    </code>
                </li>
            }
        })
        .collect_view();
    view! {
        <Panel title="Webhook endpoint in Stripe">
            <Facts>
                {own} <Fact name="Shared URL">
                    {whole(data.shared_webhook_url, "shared webhook URL")}
                </Fact> <Fact name="Events">
                    <ul class="stack tight">{events}</ul>
                </Fact> <Fact name="Payload style">"Snapshot"</Fact>
            </Facts>
            {not_https.map(|step| view! { <Steps>{step}</Steps> })}
        </Panel>
    }
}
