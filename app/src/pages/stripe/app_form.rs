//! The form of a Stripe app.

use domain::stripe_app_view::StripeAppView;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::api::stripe_apps::AppPage as Page;
use crate::format;
use crate::pages::words;
use crate::ui::{
    Breakable, CheckField, ChoiceField, Fact, Facts, Field, Form, FormAction, FormEnd, InputKind,
    Panel, SelectField, Tag, Tone, When,
};

/// Fields of a new or a saved app; secret fields are empty, and empty keeps what is saved.
#[component]
pub fn AppForm(data: Page, action: FormAction) -> impl IntoView {
    let app = data.app;
    let id = format::text(app.as_ref().map(|app| app.id));
    let name = format::text(app.as_ref().map(|app| &app.name));
    let is_live = app.as_ref().map_or(data.livemode, |app| app.is_live);
    let publishable = format::text(app.as_ref().map(|app| &app.publishable_key));
    let currency = app.as_ref().map(|app| app.default_currency.clone());
    let secret_hint = saved(app.as_ref().map(|app| &app.secret_key_last_four));
    let signing_hint = saved(app.as_ref().map(|app| &app.signing_secret_last_four));
    let until = app
        .as_ref()
        .and_then(|app| app.previous_signing_secret_until);
    let previous_hint = until.map_or_else(
        || "Only while you roll the secret: both count for 24 hours.".to_owned(),
        |until| {
            format!(
                "The former secret counts until {} UTC.",
                format::date_time(until)
            )
        },
    );
    view! {
        <Panel>
            <div class="inner">
                <Form action>
                    <input type="hidden" name="id" value=id/>
                    <Field name="name" label="Name" hint="For you alone." value=name/>
                    <ChoiceField
                        name="isLive"
                        label="Mode"
                        value=is_live.to_string()
                        choices=&[("false", "Test", "test"), ("true", "Live", "live")]
                    />
                    <Field
                        name="publishableKey"
                        label="Publishable key"
                        placeholder="pk_test_…"
                        kind=InputKind::Code
                        value=publishable
                    />
                    <Field
                        name="secretKey"
                        label="Secret key"
                        hint=secret_hint
                        placeholder="sk_test_… or rk_test_…"
                        kind=InputKind::Secret
                    />
                    <Field
                        name="webhookSigningSecret"
                        label="Webhook signing secret"
                        hint=signing_hint
                        placeholder="whsec_…"
                        kind=InputKind::Secret
                    />
                    <Field
                        name="previousWebhookSigningSecret"
                        label="Former signing secret"
                        hint=previous_hint
                        placeholder="whsec_…"
                        kind=InputKind::Secret
                    />
                    <SelectField
                        name="defaultCurrency"
                        label="Default currency"
                        hint="New products begin with it, where this is the default app. What you sell is charged in its product's currency."
                        value=currency.unwrap_or_else(|| "USD".to_owned())
                        options=data.currencies.into_iter().map(|code| (code.clone(), code)).collect()
                    />
                    {switches(app.as_ref())}
                    <FormEnd save="Save app" back="/stripe"/>
                </Form>
            </div>
        </Panel>
    }
}

/// The same for whoever may look but not change it, and where it is archived, for all.
pub fn app_facts(app: &StripeAppView, archived_at: Option<Timestamp>, now: Timestamp) -> AnyView {
    let (mode_tone, mode) = words::mode(app.is_live);
    let currency = app.default_currency.clone();
    let (tone, word) = if archived_at.is_some() {
        (Tone::Plain, "archived")
    } else if app.is_active {
        (Tone::Ok, "active")
    } else {
        (Tone::Plain, "not active")
    };
    let usage = if app.is_default {
        "used where a purchase names no app"
    } else {
        "used where a purchase names it"
    };
    let usage = archived_at
        .is_none()
        .then(|| view! { <Fact name="Default">{usage}</Fact> });
    let archived = archived_at.map(|at| {
        view! {
            <Fact name="Archived (UTC)">
                <When at now/>
            </Fact>
        }
    });
    let key = match app.publishable_key.as_str() {
        "" => view! { <span class="muted">"none"</span> }.into_any(),
        key => view! {
            <code>
                <Breakable text=key/>
            </code>
        }
        .into_any(),
    };
    view! {
        <Panel title="App">
            <Facts>
                <Fact name="Mode">
                    <Tag tone=mode_tone word=mode/>
                </Fact>
                <Fact name="State">
                    <Tag tone word/>
                </Fact>
                <Fact name="Publishable key">{key}</Fact>
                <Fact name="Default currency">{currency}</Fact>
                {usage}
                {archived}
            </Facts>
        </Panel>
    }
    .into_any()
}

fn switches(app: Option<&StripeAppView>) -> impl IntoView + use<> {
    view! {
        <CheckField
            name="isActive"
            label="Active"
            hint="Apps that are not active verify nothing: their events are refused."
            is_ticked=app.is_none_or(|app| app.is_active)
        />
        <CheckField
            name="isDefault"
            label="Default"
            hint="Used where a purchase names no app. One per mode."
            is_ticked=app.is_some_and(|app| app.is_default)
        />
    }
}

fn saved(last_four: Option<&String>) -> String {
    match last_four.map(String::as_str) {
        None | Some("") => String::new(),
        Some(last_four) => {
            format!("One is saved; it ends in {last_four}. Leave this empty to keep it.")
        }
    }
}
