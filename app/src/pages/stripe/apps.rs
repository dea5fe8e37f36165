//! The apps above the log: found by how the name begins, in use or archived, a page at a time.

use domain::permission::Permission;
use leptos::prelude::*;

use super::log::{Asked, link};
use crate::api::stripe_apps::AppRow;
use crate::api::stripe_events::EventSearch;
use crate::api::{Listed, NamedSearch};
use crate::pages::load::{query_part, where_permitted};
use crate::pages::words;
use crate::ui::{
    Cell, Column, Empty, FilterForm, IN_ORDER, NEWEST_FIRST, Pager, Panel, Place, Row, Segments,
    Table, Tag, Tone,
};

const COLUMNS: &[Column] = &[
    ("App", Place::Lead),
    ("Mode", Place::Mark),
    ("Status", Place::Detail),
    ("Secret key", Place::Wide),
];

const ARCHIVED: &str = "archived";

/// What the address asks of the apps, in words of its own: the log has the usual ones.
pub(super) fn app_search() -> Memo<NamedSearch> {
    let (shelf, find) = (query_part("apps"), query_part("name"));
    let after = query_part("apps_after");
    Memo::new(move |_| NamedSearch {
        find: find.get().unwrap_or_default(),
        state: shelf.get().unwrap_or_default(),
        sort: String::new(),
        after: after.get(),
    })
}

/// What stands in the address for the apps.
pub(super) fn app_filters(apps: &NamedSearch) -> [(&'static str, &str); 3] {
    [
        ("apps", apps.state.as_str()),
        ("name", apps.find.as_str()),
        ("apps_after", apps.after.as_deref().unwrap_or_default()),
    ]
}

/// The address with other apps above the same page of the log.
fn with_apps(search: &EventSearch, apps: &NamedSearch) -> String {
    let present = (search.status.as_str(), search.sort.as_str());
    link((search, apps), present, search.after.as_deref())
}

/// The form that finds apps, and keeps what the log is narrowed to.
pub(super) fn app_form((search, apps): Asked<'_>) -> AnyView {
    let kept = [
        ("apps", apps.state.as_str()),
        ("find", &search.find),
        ("type", &search.event_type),
        ("app", &search.app),
        ("status", &search.status),
        ("sort", &search.sort),
        ("after", search.after.as_deref().unwrap_or_default()),
    ];
    let kept = kept.map(|(name, value)| (name, value.to_owned())).into();
    let find = apps.find.clone();
    view! {
        <FilterForm
            label="Apps"
            action="/stripe"
            field="Name, from its beginning"
            name="name"
            find
            choices=Vec::new()
            kept
            refusal=None
        />
    }
    .into_any()
}

/// A page of the apps.
#[component]
pub(super) fn Apps(
    apps: Listed<AppRow>,
    /// What was asked of them.
    asked: NamedSearch,
    /// What the log below is narrowed to, which the links keep.
    search: Memo<EventSearch>,
) -> impl IntoView {
    let Listed { items, next, .. } = apps;
    let asked = StoredValue::new(asked);
    let ends = move || {
        view! {
            {move || {
                search.with(|search| asked.with_value(|asked| shelves((search, asked))))
            }}
        }
    };
    let pages = move || {
        search.with(|search| asked.with_value(|asked| pager((search, asked), next.as_ref())))
    };
    let content = if items.is_empty() {
        let empty =
            move || search.with(|search| asked.with_value(|asked| nothing((search, asked))));
        view! { {empty} }.into_any()
    } else {
        let rows = items.into_iter().map(line).collect_view();
        view! {
            <Table label="Stripe apps" columns=COLUMNS>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <Panel title="Apps" end=ends>
            {content} {pages}
        </Panel>
    }
}

fn shelves((search, apps): Asked<'_>) -> AnyView {
    let shelf = |(label, word): (&str, &str)| {
        let wanted = NamedSearch {
            find: apps.find.clone(),
            state: word.to_owned(),
            ..NamedSearch::default()
        };
        let is_chosen = (apps.state == ARCHIVED) == (word == ARCHIVED);
        (label.to_owned(), with_apps(search, &wanted), is_chosen)
    };
    let items = Vec::from([("in use", ""), ("archived", ARCHIVED)].map(shelf));
    view! { <Segments label="Apps" items/> }.into_any()
}

fn pager((search, apps): Asked<'_>, next: Option<&String>) -> AnyView {
    let page = |after: Option<&String>| {
        let wanted = NamedSearch {
            after: after.cloned(),
            ..apps.clone()
        };
        with_apps(search, &wanted)
    };
    let newest = apps.after.is_some().then(|| page(None));
    let older = next.map(|next| page(Some(next)));
    let labels = if apps.state == ARCHIVED {
        NEWEST_FIRST
    } else {
        IN_ORDER
    };
    view! { <Pager newest older labels name="Newer and older apps"/> }.into_any()
}

/// What stands where no app does.
fn nothing((search, apps): Asked<'_>) -> AnyView {
    if apps.after.is_some() || !apps.find.is_empty() {
        let all = NamedSearch {
            state: apps.state.clone(),
            ..NamedSearch::default()
        };
        let all = with_apps(search, &all);
        return view! {
            <Empty title="No such apps" text="Names are found from their beginning. Take the search away to see more.">
                <a class="btn" href=all>
                    "All apps"
                </a>
            </Empty>
        }
        .into_any();
    }
    if apps.state == ARCHIVED {
        return view! {
            <Empty title="No archived apps" text="An app that was archived stands here, with what it sent."/>
        }
        .into_any();
    }
    view! {
        <Empty
            title="No Stripe app yet"
            text="An app holds your Stripe keys, so that we can check that a payment is real. Begin with a test account."
        >
            {where_permitted(Permission::Manage, || new_link("btn", "Add a Stripe app"))}
        </Empty>
    }
    .into_any()
}

/// Leads to the page of a new app.
pub(super) fn new_link(class: &'static str, label: &'static str) -> AnyView {
    view! {
        <a class=class href="/stripe/apps/new">
            {label}
        </a>
    }
    .into_any()
}

fn line(app: AppRow) -> impl IntoView {
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
