//! The integration guide: what to do, with this tenant's own addresses, and which of it is done.

use domain::permission::Permission;
use domain::stripe_app_status::StripeAppStatus;
use engine::Error;
use engine::guide::{self as steps, Progress};
use engine::stripe::apps::AppView;

use super::session::SignedIn;
use super::snippets::{self, Sold};
use crate::api::guide::{GuidePart, GuideStep};

/// Products whose ids the guide names.
const NAMED: usize = 5;
const EVENTS: &str = "`checkout.session.completed`, `checkout.session.async_payment_succeeded`, \
    `checkout.session.async_payment_failed` and `payment_intent.succeeded`";

/// The guide for whoever asks.
pub async fn guide(who: &SignedIn) -> Result<Vec<GuidePart>, Error> {
    let found = steps::progress(&who.engine, &who.actor).await?;
    let url = who.engine.public_url();
    let part = |title: &str, steps: Vec<GuideStep>| GuidePart {
        title: title.to_owned(),
        steps,
    };
    Ok(vec![
        part(
            "Connect Stripe",
            connect((&found, url), new_app(who, "Add a Stripe app")),
        ),
        part("Sell", sell(&found, url)),
        part("Let your program ask", program(&found, url)),
        part("Look after customers", customers(&found)),
        part(
            "Go live",
            go_live((&found, url), new_app(who, "Add a live app")),
        ),
        part("When an event fails: “no app matched signature”", trouble()),
    ])
}

/// Where an app is added; whoever may not add one is led to those that are there.
fn new_app(who: &SignedIn, label: &'static str) -> (&'static str, &'static str) {
    if who.actor.may(Permission::Manage).is_ok() {
        ("/stripe/apps/new", label)
    } else {
        ("/stripe", "Stripe Apps and Events")
    }
}

fn step(is_done: bool, text: impl Into<String>, (href, label): (&str, &str)) -> GuideStep {
    GuideStep {
        is_done: Some(is_done),
        text: text.into(),
        link: Some((href.to_owned(), label.to_owned())),
        ..GuideStep::default()
    }
}

fn told(text: impl Into<String>) -> GuideStep {
    GuideStep {
        text: text.into(),
        ..GuideStep::default()
    }
}

/// Where Stripe sends the events of these apps.
fn webhook_urls<'a>(apps: impl Iterator<Item = &'a AppView>) -> Vec<(String, String)> {
    let url = |app: &AppView| {
        (
            format!("Webhook URL of {}", app.name),
            app.webhook_url.clone(),
        )
    };
    apps.map(url).collect()
}

fn is_ready(app: &AppView) -> bool {
    app.is_active && app.status == StripeAppStatus::Ready
}

fn connect((found, public_url): (&Progress, &str), add: (&str, &str)) -> Vec<GuideStep> {
    let test = || found.apps.iter().filter(|app| !app.is_live);
    let mut urls = webhook_urls(test());
    if urls.is_empty() {
        let shared = format!("{public_url}/api/stripe/webhook");
        urls.push(("Webhook URL of all apps".to_owned(), shared));
    }
    vec![
        step(
            test().any(|app| app.has_secret),
            "In the Stripe Dashboard, in test mode, copy the publishable key and the secret key from \
             Developers › API keys, and add an app with them here. A restricted key will do; the app’s page \
             names the rights that it needs.",
            add,
        ),
        GuideStep {
            values: urls,
            ..step(
                test().any(is_ready),
                format!(
                    "In Stripe, add a webhook endpoint with payload style Snapshot to the URL below, for \
                     {EVENTS}. Copy its signing secret (`whsec_…`) into the app, mark the app Active, and save."
                ),
                ("/stripe", "Stripe Apps and Events"),
            )
        },
        step(
            found.has_verified_test_event,
            "See the first event come in as `verified`. A test purchase sends one.",
            ("/stripe?status=verified", "Verified events"),
        ),
    ]
}

fn sell(found: &Progress, public_url: &str) -> Vec<GuideStep> {
    let products = found.products.iter().take(NAMED);
    let id = |name: &str| format!("productId of {name}");
    let ids = products.map(|product| (id(&product.fields.name), product.id.to_string()));
    let checkout = found
        .products
        .first()
        .map(|product| snippets::checkout(&Sold::of(product, public_url)));
    vec![
        GuideStep {
            values: ids.collect(),
            ..step(
                found
                    .products
                    .iter()
                    .any(|product| product.fields.is_active),
                "Make a product with its Default License Days (0 is perpetual) and Trial Days. A perpetual \
                 product beats every days that a purchase brings; otherwise a plan’s days beat the product’s.",
                ("/products", "Products"),
            )
        },
        step(
            found.has_test_purchase,
            "Make a test purchase with the card 4242 4242 4242 4242. The keys stand on the page that you come \
             back to, on the Dashboard, and in the mail.",
            ("/stripe/test-purchase", "Test Purchase"),
        ),
        step(
            found.has_mail_server && found.has_sent_mail,
            if found.has_mail_server {
                "See a mail accepted by your mail server. It is made from the product’s template, which may \
                 say `{{ActivationKey}}`, `{{ProductName}}` and `{{CustomerEmail}}`."
            } else {
                "Name a mail server in Settings. Until then mails wait in the Outbox, where they can be read."
            },
            if found.has_mail_server {
                ("/outbox", "Outbox")
            } else {
                ("/settings", "Settings")
            },
        ),
        GuideStep {
            values: vec![(
                "Success URL".to_owned(),
                format!("{public_url}/purchase/success?session_id={{CHECKOUT_SESSION_ID}}"),
            )],
            snippets: checkout.unwrap_or_default(),
            ..told(
                "Sell from your own site: ask us for a page to pay on, or make Stripe’s session yourself with \
                 `productId` and `quantity` in the metadata of the session and of its payment intent; `planId` \
                 or `planDays` where you sell by plan. Each product’s page has this code with its own id.",
            )
        },
    ]
}

fn program(found: &Progress, public_url: &str) -> Vec<GuideStep> {
    let code = found
        .products
        .first()
        .map(|product| snippets::activation(&Sold::of(product, public_url)));
    vec![
        step(
            found.has_program_token,
            "Create an access token with `verify` alone: it ships inside your program, validates, and lists \
             nothing.",
            ("/access-tokens", "Access Tokens"),
        ),
        GuideStep {
            values: vec![("API address".to_owned(), format!("{public_url}/api"))],
            snippets: code.unwrap_or_default(),
            ..step(
                found.has_activation,
                "Activate a key on a device, and validate at every start. Without a key, validation is a trial \
                 where the product has Trial Days and no key was ever activated on the device.",
                ("/activity", "License Activity"),
            )
        },
        GuideStep {
            values: vec![(
                "Public key".to_owned(),
                format!("{public_url}/api/crypto/keys/public"),
            )],
            ..told(
                "For devices without internet, ship the public key inside the program and make an offline code \
                 for one hardware id on a key’s page.",
            )
        },
    ]
}

fn customers(found: &Progress) -> Vec<GuideStep> {
    vec![step(
        !found.settings.support_address.is_empty(),
        "Set a support address: tickets that programs send are mailed there, with the customer as Reply-To.",
        ("/settings", "Settings"),
    )]
}

fn go_live((found, public_url): (&Progress, &str), add: (&str, &str)) -> Vec<GuideStep> {
    let live = || found.apps.iter().filter(|app| app.is_live);
    vec![
        GuideStep {
            values: webhook_urls(live()),
            ..step(
                live().any(|app| is_ready(app) && app.is_default)
                    && public_url.starts_with("https://"),
                "Switch to Live in the top bar, add an app with your live keys and the signing secret of a live \
                 endpoint, and mark it Active and Default. Stripe sends live events to https alone.",
                add,
            )
        },
        step(
            found.has_verified_live_event,
            "Buy once yourself, with a real card, and see the live event verified.",
            ("/stripe", "Stripe Apps and Events"),
        ),
        step(
            !found.settings.test_keys_valid,
            "Switch test keys off: programs then refuse what was bought with a test card.",
            ("/settings", "Settings"),
        ),
    ]
}

fn trouble() -> Vec<GuideStep> {
    let texts = [
        "The signing secret must be that of exactly the endpoint that sends here; test and live have different \
         ones. Copy it again, save, and press Process again on the event.",
        "A payload style other than Snapshot cannot be read. Make a new endpoint in Stripe with Snapshot.",
        "Events may be 300 seconds old at most, so this server’s clock must be right. Use a new checkout rather \
         than resending a very old event.",
        "Any API version of Stripe is read; nothing has to be set for it.",
        "A program can ask `GET /api/stripe/diagnostics` with an access token: it says for each app whether its \
         secrets can be read. Where they cannot, activate a new tenant key and save them again.",
    ];
    texts.map(told).into()
}
