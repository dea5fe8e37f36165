//! The log of events: everything that Stripe told us, and finding one.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::api::Listed;
use crate::api::stripe_events::{
    EventChoices, EventRow, EventSearch, load_event_choices, load_events,
};
use crate::format;
use crate::pages::filters::{self, Head, NEWEST, address, any_of, with_chosen};
use crate::pages::first_sale::first_sale;
use crate::pages::live::news;
use crate::pages::load::{Data, loaded, loaded_or_refused, query_part};
use crate::pages::words;
use crate::ui::{
    Ago, Breakable, Cell, Column, Empty, FilterForm, Pager, Panel, Place, Row, Segments, Sort,
    Table, Tag,
};

const COLUMNS: &[Column] = &[
    ("Event", Place::Lead),
    ("Status", Place::Mark),
    ("Outcome", Place::Detail),
    ("App", Place::Wide),
    ("Received (UTC)", Place::End),
];

const HEADS: &[Head] = &[("Received", "created")];

const STATUSES: [&str; 4] = ["", "verified", "failed", "received"];

/// What the address asks for: of the log, and which apps stand above it.
type Asked<'a> = (&'a EventSearch, &'a str);

/// What the address asks of the log.
pub(super) fn event_search() -> Memo<EventSearch> {
    let (find, status) = (query_part("find"), query_part("status"));
    let (event_type, app) = (query_part("type"), query_part("app"));
    let (sort, after) = (query_part("sort"), query_part("after"));
    Memo::new(move |_| EventSearch {
        find: find.get().unwrap_or_default(),
        status: status.get().unwrap_or_default(),
        event_type: event_type.get().unwrap_or_default(),
        app: app.get().unwrap_or_default(),
        sort: sort.get().unwrap_or_default(),
        after: after.get(),
    })
}

/// The log, with its filters.
#[component]
pub fn EventLog() -> impl IntoView {
    let (search, apps) = (event_search(), query_part("apps"));
    // Its links keep the shelf of the apps, so they are drawn again with it.
    let data = Data::new(
        move || (search.get(), apps.get()),
        |(search, _)| load_events(search),
    );
    let choices = Data::new(|| (), |()| load_event_choices());
    let shows_newest =
        move || search.with(|search| search.after.is_none() && order(search) == NEWEST);
    view! {
        {move || shows_newest().then(|| news(data, &[".stripe_event."]))}
        {loaded_or_refused(
            data,
            "search",
            move |found| {
                let refusal = StoredValue::new(found.as_ref().err().cloned());
                let apps = move || apps.get_untracked().unwrap_or_default();
                let form = move |choices| {
                    form((&search.get_untracked(), &apps()), choices, refusal.get_value())
                };
                let (search, apps) = (search.get_untracked(), apps());
                view! {
                    <div class="stack loose">
                        {loaded(choices, form)} {panel(found, (&search, &apps))}
                    </div>
                }
                    .into_any()
            },
        )}
    }
}

/// The order that it has.
fn order(search: &EventSearch) -> &str {
    filters::order(HEADS, NEWEST, &search.sort)
}

/// The address of a page of the log.
pub(super) fn link(
    (search, apps): Asked<'_>,
    (status, sort): (&str, &str),
    after: Option<&str>,
) -> String {
    let filters = [
        ("apps", apps),
        ("find", &search.find),
        ("type", &search.event_type),
        ("app", &search.app),
        ("status", status),
        ("sort", sort),
        ("after", after.unwrap_or_default()),
    ];
    address("/stripe", &filters)
}

fn form((search, shelf): Asked<'_>, choices: EventChoices, refusal: Option<String>) -> AnyView {
    let (event_type, app) = (search.event_type.clone(), search.app.clone());
    let types = with_chosen(choices.types, &event_type);
    let apps = with_chosen(choices.apps, &app);
    let choices = vec![
        ("type", "Type", event_type, any_of("All types", types)),
        ("app", "App", app, any_of("All apps", apps)),
    ];
    let find = search.find.clone();
    let kept = vec![
        ("status", search.status.clone()),
        ("sort", search.sort.clone()),
        ("apps", shelf.to_owned()),
    ];
    view! {
        <FilterForm
            label="Events"
            action="/stripe"
            field="evt_…, cs_… or pi_…"
            find
            choices
            kept
            refusal
        />
    }
    .into_any()
}

fn panel(found: Result<Listed<EventRow>, String>, asked: Asked<'_>) -> AnyView {
    let (search, apps) = asked;
    let statuses = STATUSES.map(|word| {
        let label = if word.is_empty() { "all" } else { word };
        let is_chosen = search.status == word;
        let href = link(asked, (word, &search.sort), None);
        (label.to_owned(), href, is_chosen)
    });
    let statuses = Vec::from(statuses);
    let filter = move || view! { <Segments label="Status" items=statuses.clone()/> };
    let newest = search.after.is_some();
    let present = (search.status.as_str(), search.sort.as_str());
    let newest = newest.then(|| link(asked, present, None));
    let older = found.as_ref().ok().and_then(|list| list.next.clone());
    let older = older.map(|older| link(asked, present, Some(&older)));
    let labels = filters::pages(order(search));
    let content = match found {
        Ok(list) if list.items.is_empty() => nothing(asked),
        Ok(list) => {
            let address = |sort: &str| link(asked, (&search.status, sort), None);
            table(list, filters::sorts(HEADS, order(search), &address))
        }
        Err(_) => narrowed(
            "Nothing was looked for",
            "Correct what stands in the search field.",
            apps,
        ),
    };
    view! {
        <Panel title="Event log" end=filter>
            {content} <Pager newest older labels/>
        </Panel>
    }
    .into_any()
}

fn nothing((search, apps): Asked<'_>) -> AnyView {
    if search.after.is_some() || link((search, ""), (&search.status, ""), None) != "/stripe" {
        let text = "An id of Stripe’s finds its event, and the events of its purchase. Take a filter away to see more.";
        return narrowed("No such events", text, apps);
    }
    view! {
        <Empty
            title="No events yet"
            text="Events stand here as soon as Stripe sends one. Register the webhook URL that stands on the app’s page."
        >
            {first_sale()}
        </Empty>
    }
    .into_any()
}

fn narrowed(title: &'static str, text: &'static str, apps: &str) -> AnyView {
    let all = address("/stripe", &[("apps", apps)]);
    view! {
        <Empty title text>
            <a class="btn" href=all>
                "All events"
            </a>
        </Empty>
    }
    .into_any()
}

fn table(events: Listed<EventRow>, sorts: Vec<Sort>) -> AnyView {
    let now = events.now;
    let rows = events
        .items
        .into_iter()
        .map(|event| line(event, now))
        .collect_view();
    view! {
        <Table label="Events" columns=COLUMNS sorts>
            {rows}
        </Table>
    }
    .into_any()
}

fn line(event: EventRow, now: Timestamp) -> impl IntoView {
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
