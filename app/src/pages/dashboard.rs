//! The first page: what was sold, what was delivered, what wants attention.

use domain::money::Money;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::license_table::LicenseTable;
use super::load::loaded;
use crate::api::dashboard::{Dashboard, FirstSteps, Problem, load_dashboard};
use crate::format;
use crate::ui::{Ago, Empty, PageHead, Panel, Stat, Step, Steps, Tag, Tone};

/// Dashboard.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| load_dashboard());
    view! {
        <div class="page">
            <PageHead
                title="Dashboard"
                purpose="What was sold, what was delivered, and what wants your attention."
            >
                <a class="btn" href="/test-purchase">
                    "Test purchase"
                </a>
            </PageHead>
            {loaded(data, |data| view! { <Body data/> }.into_any())}
        </div>
    }
}

#[component]
fn Body(data: Dashboard) -> impl IntoView {
    let first_steps =
        (!data.first_steps.are_done()).then(|| view! { <FirstStepList steps=data.first_steps/> });
    view! {
        <div class="stack loose">
            {first_steps} {counts(&data)} <ProblemList problems=data.problems now=data.now/>
            <Panel title="Latest keys" end=|| view! { <a class="btn quiet" href="/licenses">"All keys"</a> }>
                {latest(data.latest, data.now)}
            </Panel>
        </div>
    }
}

fn counts(data: &Dashboard) -> impl IntoView + use<> {
    let mails = match data.mails_waiting {
        0 => "none waiting".to_owned(),
        waiting => format!("{} waiting", format::count(waiting)),
    };
    view! {
        <div class="cols">
            <Stat
                label="Keys issued, 30 days"
                value=format::count(data.keys_issued)
                note=format!("{} in the last 24 hours", format::count(data.keys_issued_today))
            />
            <Stat label="Purchases fulfilled, 30 days" value=format::count(data.purchases)/>
            <Stat label="Paid, 30 days" value=revenue(&data.revenue)/>
            <Stat label="Mails sent, 30 days" value=format::count(data.mails_sent) note=mails/>
        </div>
    }
}

fn revenue(sums: &[Money]) -> String {
    if sums.is_empty() {
        return "–".to_owned();
    }
    let texts: Vec<_> = sums.iter().map(ToString::to_string).collect();
    texts.join(" · ")
}

fn latest(rows: Vec<crate::api::licenses::LicenseRow>, now: Timestamp) -> AnyView {
    if rows.is_empty() {
        return view! {
            <Empty
                title="No keys yet"
                text="Keys stand here as soon as a purchase is paid. Try it with a test purchase; it costs nothing."
            >
                <a class="btn" href="/test-purchase">
                    "Make a test purchase"
                </a>
            </Empty>
        }
        .into_any();
    }
    view! { <LicenseTable rows now/> }.into_any()
}

#[component]
fn ProblemList(problems: Vec<Problem>, now: Timestamp) -> impl IntoView {
    if problems.is_empty() {
        return ().into_any();
    }
    let lines = problems
        .into_iter()
        .map(|problem| {
            let tone = if problem.is_urgent {
                Tone::Bad
            } else {
                Tone::Warn
            };
            view! {
                <a href=problem.href>
                    <Tag tone word=problem.kind/>
                    <span>
                        <b>{problem.title}</b>
                        <span class="muted small">{problem.text}</span>
                    </span>
                    <span class="small">
                        <Ago at=problem.since now/>
                    </span>
                </a>
            }
        })
        .collect_view();
    view! {
        <Panel title="Needs attention">
            <div class="todo">{lines}</div>
        </Panel>
    }
    .into_any()
}

#[component]
fn FirstStepList(steps: FirstSteps) -> impl IntoView {
    let step = |is_done: bool, href: &'static str, label: &'static str, text: &'static str| {
        let tone = if is_done { Tone::Ok } else { Tone::Info };
        view! {
            <Step tone>
                <a href=href>{label}</a>
                <span class="muted">" " {text}</span>
            </Step>
        }
    };
    view! {
        <Panel title="First steps">
            <Steps>
                {step(steps.has_tenant_key, "/tenant-keys", "A tenant key", "seals your secrets.")}
                {step(steps.has_product, "/products/new", "A product", "says what a purchase gives.")}
                {step(
                    steps.has_ready_app,
                    "/stripe/apps/new",
                    "A Stripe app",
                    "lets us check that a payment is real.",
                )}
                {step(
                    steps.has_purchase,
                    "/test-purchase",
                    "A test purchase",
                    "shows the whole way, keys and mail.",
                )}
            </Steps>
        </Panel>
    }
}
