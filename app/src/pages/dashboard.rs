//! The first page: what was sold, what was delivered, what wants attention.

use domain::permission::Permission;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::license_table::LicenseTable;
use super::live::count_in_front;
use super::load::{Data, loaded, where_permitted};
use crate::api::dashboard::{Dashboard, Figure, FirstSteps, Problem, load_dashboard};
use crate::api::licenses::LicenseRow;
use crate::format;
use crate::ui::{Ago, Empty, PageHead, Panel, Stat, Step, Steps, Tag, Tone};

/// What the revenue is, as long as nobody reads what Stripe tells of refunds.
const NOT_REFUNDED: &str = "paid; refunds in Stripe are not taken off yet";

/// Dashboard.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let data = Data::new(|| (), |()| load_dashboard());
    data.follow(&[""]);
    let shown = StoredValue::new(Vec::new());
    view! {
        <div class="page">
            <PageHead
                title="Dashboard"
                purpose="What was sold, what was delivered, and what wants your attention."
            >
                {where_permitted(Permission::Generate, || try_link("Test purchase"))}
            </PageHead>
            {loaded(data, move |data| view! { <Body data shown/> }.into_any())}
        </div>
    }
}

fn try_link(label: &'static str) -> AnyView {
    view! {
        <a class="btn" href="/stripe/test-purchase">
            {label}
        </a>
    }
    .into_any()
}

#[component]
fn Body(
    data: Dashboard,
    /// The latest keys as they stand on the page.
    shown: StoredValue<Vec<LicenseRow>>,
) -> impl IntoView {
    let has_steps = data.may_manage && !data.first_steps.are_done();
    let first_steps = has_steps.then(|| view! { <FirstStepList steps=data.first_steps/> });
    view! {
        <div class="stack loose">
            {first_steps} {counts(&data)} {charts(data.keys, data.activations)}
            <ProblemList problems=data.problems now=data.now/>
            {latest(data.latest, data.now, shown)}
        </div>
    }
}

fn counts(data: &Dashboard) -> impl IntoView + use<> {
    let before =
        |figure: &Figure| format!("{} in the 30 days before", format::count(figure.before));
    let (revenue, others) = match data.revenue.split_first() {
        Some((first, [])) => (first.clone(), NOT_REFUNDED.to_owned()),
        Some((first, others)) => {
            let others = others.join(" and ");
            (first.clone(), format!("and {others}; {NOT_REFUNDED}"))
        }
        None => ("–".to_owned(), "nothing was paid".to_owned()),
    };
    view! {
        <div class="cols">
            <Stat
                label="Keys issued, 30 days"
                value=format::count(data.keys.total)
                note=before(&data.keys)
            />
            <Stat
                label="Activations, 30 days"
                value=format::count(data.activations.total)
                note=before(&data.activations)
            />
            <Stat label="Revenue, 30 days" value=revenue note=others/>
            <Stat
                label="Mails not sent"
                value=format::count(data.mails_unsent)
                note=data.mails_note.clone()
            />
        </div>
    }
}

/// Drawn on the server; a new tenant is shown its first steps instead of empty axes.
fn charts(keys: Figure, activations: Figure) -> AnyView {
    if keys.total + activations.total == 0 {
        return ().into_any();
    }
    view! {
        <div class="pair">
            <Panel title="Keys issued" end=per_day>
                <div inner_html=keys.chart></div>
            </Panel>
            <Panel title="Activations" end=per_day>
                <div inner_html=activations.chart></div>
            </Panel>
        </div>
    }
    .into_any()
}

fn per_day() -> impl IntoView {
    view! { <span class="muted small">"per day, UTC"</span> }
}

/// Rows stay where they are shown; those that came since wait behind a button.
fn latest(fresh: Vec<LicenseRow>, now: Timestamp, shown: StoredValue<Vec<LicenseRow>>) -> AnyView {
    let ids = |rows: &[LicenseRow]| {
        let ids = rows.iter().map(|row| row.id.to_string());
        ids.collect::<Vec<_>>()
    };
    let count = shown.with_value(|shown| count_in_front(&ids(shown), &ids(&fresh), true));
    if count.is_none() {
        shown.set_value(fresh.clone());
    }
    let (waiting, fresh) = (RwSignal::new(count), StoredValue::new(fresh));
    let show = move |_| {
        if let Some(fresh) = fresh.try_get_value() {
            shown.set_value(fresh);
            waiting.try_set(None);
        }
    };
    let button = move || {
        let count = waiting.get()?;
        Some(view! {
            <button type="button" class="btn quiet" on:click=show>
                {count}
                " new"
            </button>
        })
    };
    let end = move || {
        view! {
            <span role="status">{button}</span>
            <a class="btn quiet" href="/licenses">
                "All keys"
            </a>
        }
    };
    let rows = move || {
        waiting.track();
        table(shown.get_value(), now)
    };
    view! {
        <Panel title="Latest keys" end>
            {rows}
        </Panel>
    }
    .into_any()
}

fn table(rows: Vec<LicenseRow>, now: Timestamp) -> AnyView {
    if rows.is_empty() {
        return view! {
            <Empty
                title="No keys yet"
                text="Keys stand here as soon as a purchase is paid. Try it with a test purchase; it costs nothing."
            >
                {where_permitted(Permission::Generate, || try_link("Make a test purchase"))}
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
                        {problem.since.map(|at| view! { <Ago at now/> })}
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
                {step(steps.has_product, "/products/new", "A product", "says what a purchase gives.")}
                {step(
                    steps.has_ready_app,
                    "/stripe/apps/new",
                    "A Stripe app",
                    "lets us check that a payment is real.",
                )}
                {step(
                    steps.has_mail_server,
                    "/settings",
                    "A mail server",
                    "delivers the keys. Until one is set, mails wait in the outbox.",
                )}
                {step(
                    steps.has_license,
                    "/stripe/test-purchase",
                    "A test purchase",
                    "shows the whole way, keys and mail.",
                )}
            </Steps>
        </Panel>
    }
}
