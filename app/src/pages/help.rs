//! The integration guide, in the order of doing.

use leptos::prelude::*;

use crate::ui::{Breakable, PageHead, Panel};

/// Help.
#[component]
pub fn HelpPage() -> impl IntoView {
    view! {
        <div class="page">
            <PageHead
                title="Help"
                purpose="From a Stripe account to keys that are delivered when they are paid, in seven steps."
            />
            <div class="stack prose">
                <Connect/>
                <Sell/>
                <Trouble/>
                <GoLive/>
            </div>
        </div>
    }
}

fn name(event: &'static str) -> impl IntoView {
    view! {
        <code>
            <Breakable text=event/>
        </code>
    }
}

#[component]
fn Connect() -> impl IntoView {
    view! {
        <Panel title="Connect Stripe">
            <ol class="inner guide">
                <li>
                    "In the Stripe Dashboard, stay in test mode and copy the publishable key and the secret key from Developers › API keys."
                </li>
                <li>
                    "Here, under " <a href="/stripe/apps/new">"Add a Stripe app"</a>
                    ", paste both and save. The app’s page then shows its webhook URL."
                </li>
                <li>
                    "In Stripe, add a webhook endpoint to that URL, payload style Snapshot, for "
                    {name("checkout.session.completed")} ", "
                    {name("checkout.session.async_payment_succeeded")} ", "
                    {name("checkout.session.async_payment_failed")} " and "
                    {name("payment_intent.succeeded")}
                    ". Copy its signing secret (whsec_…) into the app, mark the app Active, and save."
                </li>
            </ol>
        </Panel>
    }
}

#[component]
fn Sell() -> impl IntoView {
    view! {
        <Panel title="Sell">
            <ol class="inner guide" start="4">
                <li>
                    "Make a " <a href="/products">"product"</a>
                    " and set Default License Days (0 is Perpetual) and Trial Days. A perpetual product beats every days that a purchase brings; otherwise a plan’s days beat the product’s."
                </li>
                <li>
                    "Make a " <a href="/stripe/test-purchase">"test purchase"</a>
                    ". The keys stand on the page you come back to, on the Dashboard, and in a mail from the product’s template, which may say "
                    <code>"{{ActivationKey}}"</code> ", " <code>"{{ProductName}}"</code> " and "
                    <code>"{{CustomerEmail}}"</code> "."
                </li>
                <li>
                    "In your own checkout, put " <code>"productId"</code> " and "
                    <code>"quantity"</code>
                    " into the metadata of the session and of its payment intent; "
                    <code>"planId"</code> " or " <code>"planDays"</code> " if you sell by plan."
                </li>
            </ol>
        </Panel>
    }
}

#[component]
fn Trouble() -> impl IntoView {
    view! {
        <Panel title="When an event fails: “no app matched signature”">
            <ul class="inner guide">
                <li>
                    "The signing secret must be that of exactly the endpoint that sends here; test and live have different ones. Copy it again, save, and press Process again on the event."
                </li>
                <li>
                    "A payload style other than Snapshot cannot be read. Make a new endpoint in Stripe with Snapshot."
                </li>
                <li>
                    "Events may be 300 seconds old at most, so this server’s clock must be right. Use a new checkout rather than resending a very old event."
                </li>
                <li>
                    "Any API version of Stripe is read; nothing has to be set for it."
                </li>
                <li>
                    "A program can ask "
                    <code>"GET /api/stripe/diagnostics"</code>
                    " with an access token: it says for each app whether its secrets can be read, and what to do."
                </li>
            </ul>
        </Panel>
    }
}

#[component]
fn GoLive() -> impl IntoView {
    view! {
        <Panel title="Go live">
            <ol class="inner guide" start="7">
                <li>
                    "Switch to Live in the top bar, add an app with your live keys and the signing secret of a live endpoint, and mark it Active and Default. Test and Live never mix: keys from test purchases stay on the Test side."
                </li>
            </ol>
        </Panel>
    }
}
