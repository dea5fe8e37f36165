//! The apps, and the log of events.

use domain::permission::Permission;
use domain::stripe_app_view::StripeAppView;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::api::Listed;
use crate::api::stripe_apps::load_apps;
use crate::api::stripe_events::{EventRow, load_events};
use crate::format;
use crate::pages::live::news;
use crate::pages::load::{Data, loaded, query_part, where_permitted};
use crate::pages::words;
use crate::ui::{
    Ago, Breakable, Cell, Column, Empty, PageHead, Pager, Panel, Place, Row, Segments, Table, Tag,
};

const APP_COLUMNS: &[Column] = &[
    ("App", Place::Lead),
    ("Mode", Place::Mark),
    ("Status", Place::Detail),
    ("Secret key", Place::Wide),
];

const EVENT_COLUMNS: &[Column] = &[
    ("Event", Place::Lead),
    ("Status", Place::Mark),
    ("Outcome", Place::Detail),
    ("App", Place::Wide),
    ("Received", Place::End),
];

/// Apps and events.
#[component]
pub fn StripePage() -> impl IntoView {
    let apps = Data::new(|| (), |()| load_apps());
    apps.follow(&[".stripe_app.", ".stripe_event."]);
    let (status, page) = (query_part("status"), query_part("page"));
    let events = Data::new(
        move || (status.get(), page.get()),
        |(status, page)| load_events(status, page),
    );
    view! {
        <div class="page">
            <PageHead
                title="Stripe Apps and Events"
                purpose="Stripe accounts that may issue keys, and everything Stripe told us."
            >
                {where_permitted(Permission::Manage, || new_link("btn main", "Add app"))}
            </PageHead>
            {loaded(apps, |apps| view! { <Apps apps/> }.into_any())}
            {event_log(events, status, page)}
        </div>
    }
}

#[component]
fn Apps(apps: Vec<StripeAppView>) -> impl IntoView {
    if apps.is_empty() {
        return view! {
            <Panel title="Apps">
                <Empty
                    title="No Stripe app yet"
                    text="An app holds your Stripe keys, so that we can check that a payment is real. Begin with a test account."
                >
                    {where_permitted(Permission::Manage, || new_link("btn", "Add a Stripe app"))}
                </Empty>
            </Panel>
        }
        .into_any();
    }
    let rows = apps
        .into_iter()
        .map(|app| view! { <AppLine app/> })
        .collect_view();
    view! {
        <Panel title="Apps">
            <Table label="Stripe apps" columns=APP_COLUMNS>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}

fn new_link(class: &'static str, label: &'static str) -> AnyView {
    view! {
        <a class=class href="/stripe/apps/new">
            {label}
        </a>
    }
    .into_any()
}

#[component]
fn AppLine(app: StripeAppView) -> impl IntoView {
    let (tone, mode) = words::mode(app.is_live);
    let mut marks = vec![app.default_currency];
    if app.is_default {
        marks.insert(0, "Default".to_owned());
    }
    if !app.is_active {
        marks.push("not active".to_owned());
    }
    let key = if app.secret_key_last_four.is_empty() {
        "–".to_owned()
    } else {
        format!("…{}", app.secret_key_last_four)
    };
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a href=format!("/stripe/apps/{}", app.id)>{app.name}</a>
                <span class="under">{marks.join(" · ")}</span>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone word=mode/>
            </Cell>
            <Cell place=Place::Detail>
                <Tag tone=words::app(app.status) word=app.status.as_str()/>
                <span class="under">{app.problems.into_iter().next().map(|problem| problem.remedy)}</span>
            </Cell>
            <Cell place=Place::Wide>
                <code>{key}</code>
            </Cell>
        </Row>
    }
}

fn event_log(
    events: Data<Listed<EventRow>>,
    status: Memo<Option<String>>,
    page: Memo<Option<String>>,
) -> impl IntoView {
    let filter = move || view! { <Segments label="Status" items=filters(status.get())/> };
    view! {
        <Panel title="Event log" end=filter>
            {move || page.get().is_none().then(|| news(events, &[".stripe_event."]))}
            {loaded(
                events,
                move |events| {
                    let is_first = page.get_untracked().is_none();
                    view! { <Events events status=status.get_untracked() is_first/> }.into_any()
                },
            )}
        </Panel>
    }
}

fn filters(status: Option<String>) -> Vec<(String, String, bool)> {
    let chosen = status.unwrap_or_default();
    ["", "verified", "failed", "received"]
        .into_iter()
        .map(|word| {
            let (label, href) = match word {
                "" => ("all", "/stripe".to_owned()),
                word => (word, format!("/stripe?status={word}")),
            };
            (label.to_owned(), href, word == chosen)
        })
        .collect()
}

#[component]
fn Events(events: Listed<EventRow>, status: Option<String>, is_first: bool) -> impl IntoView {
    if events.items.is_empty() {
        return view! {
            <Empty
                title=if status.is_some() { "No such events" } else { "No events yet" }
                text="Events stand here as soon as Stripe sends one. Register the webhook URL that stands on the app’s page, or make a test purchase."
            />
        }
        .into_any();
    }
    let now = events.now;
    let rows = events
        .items
        .into_iter()
        .map(|event| event_line(event, now))
        .collect_view();
    let base = match status {
        Some(status) => format!("/stripe?status={status}&"),
        None => "/stripe?".to_owned(),
    };
    let newest = base.trim_end_matches(['?', '&']).to_owned();
    view! {
        <Table label="Events" columns=EVENT_COLUMNS>
            {rows}
        </Table>
        <Pager
            newest=(!is_first).then_some(newest)
            older=events.next.map(|next| format!("{base}page={next}"))
        />
    }
    .into_any()
}

fn event_line(event: EventRow, now: Timestamp) -> impl IntoView {
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a href=format!("/stripe/events/{}", event.id)>
                    <code>
                        <Breakable text=event.event_type/>
                    </code>
                </a>
                <code class="under" title=event.stripe_event_id.clone()>
                    {format::shorten(&event.stripe_event_id)}
                </code>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone=words::event(&event.status) word=event.status/>
            </Cell>
            <Cell place=Place::Detail>{event.outcome}</Cell>
            <Cell place=Place::Wide>{event.app_name.unwrap_or_default()}</Cell>
            <Cell place=Place::End>
                <Ago at=event.received_at now/>
            </Cell>
        </Row>
    }
}
