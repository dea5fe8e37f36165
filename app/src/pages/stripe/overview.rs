//! The apps, and below them the log of events.

use domain::permission::Permission;
use leptos::prelude::*;

use super::log::{EventLog, event_search, link};
use crate::api::stripe_apps::{AppRow, ArchiveApp, load_apps, load_archived_apps};
use crate::api::stripe_events::EventSearch;
use crate::pages::load::{Data, loaded, query_part, where_permitted};
use crate::pages::words;
use crate::ui::{
    Cell, Column, Empty, FormAction, Outcome, PageHead, Panel, Place, Row, Segments, Table, Tag,
    Tone,
};

const APP_COLUMNS: &[Column] = &[
    ("App", Place::Lead),
    ("Mode", Place::Mark),
    ("Status", Place::Detail),
    ("Secret key", Place::Wide),
];

/// Apps and events.
#[component]
pub fn StripePage() -> impl IntoView {
    let (shelf, search) = (query_part("apps"), event_search());
    let is_archived = move || shelf.get().is_some_and(|shelf| shelf == "archived");
    let apps = Data::new(is_archived, |is_archived| async move {
        if is_archived {
            load_archived_apps().await
        } else {
            load_apps().await
        }
    });
    apps.follow(&[".stripe_app.", ".stripe_event."]);
    // What is archived on an app's own page is said here.
    let archive = FormAction::of::<ArchiveApp>();
    view! {
        <div class="page">
            <PageHead
                title="Stripe Apps and Events"
                purpose="Stripe accounts that may issue keys, and everything Stripe told us."
            >
                {where_permitted(Permission::Manage, || new_link("btn main", "Add app"))}
            </PageHead>
            {loaded(
                apps,
                move |apps| {
                    let is_archived = untrack(is_archived);
                    view! {
                        <Outcome action=archive about="id" present=Vec::new()/>
                        <Apps apps is_archived search/>
                    }
                        .into_any()
                },
            )}
            <EventLog/>
        </div>
    }
}

#[component]
fn Apps(
    apps: Vec<AppRow>,
    is_archived: bool,
    /// What the log below is narrowed to, which the links keep.
    search: Memo<EventSearch>,
) -> impl IntoView {
    let shelves = move || view! { {move || shelves(&search.get(), is_archived)} };
    if apps.is_empty() && is_archived {
        return view! {
            <Panel title="Apps" end=shelves>
                <Empty title="No archived apps" text="An app that was archived stands here, with what it sent."/>
            </Panel>
        }
        .into_any();
    }
    if apps.is_empty() {
        return view! {
            <Panel title="Apps" end=shelves>
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
        <Panel title="Apps" end=shelves>
            <Table label="Stripe apps" columns=APP_COLUMNS>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}

fn shelves(search: &EventSearch, is_archived: bool) -> AnyView {
    let present = (search.status.as_str(), search.sort.as_str());
    let link = |shelf| link((search, shelf), present, search.after.as_deref());
    let items = vec![
        ("in use".to_owned(), link(""), !is_archived),
        ("archived".to_owned(), link("archived"), is_archived),
    ];
    view! { <Segments label="Apps" items/> }.into_any()
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
fn AppLine(app: AppRow) -> impl IntoView {
    let href = format!("/stripe/apps/{}", app.id);
    let (status, word) = match app.status {
        Some(status) => (words::app(status), status.as_str()),
        None => (Tone::Plain, "archived"),
    };
    let (tone, mode) = words::mode(app.is_live);
    let key = match app.key_end.as_str() {
        "" => "–".to_owned(),
        end => format!("…{end}"),
    };
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a href=href>{app.name}</a>
                <span class="under">{app.marks}</span>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone word=mode/>
            </Cell>
            <Cell place=Place::Detail>
                <Tag tone=status word/>
                <span class="under">{app.remedy}</span>
            </Cell>
            <Cell place=Place::Wide>
                <code>{key}</code>
            </Cell>
        </Row>
    }
}
