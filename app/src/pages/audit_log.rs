//! The audit log: who did what to which thing.

use domain::field_error::FieldError;
use leptos::prelude::*;

use super::filters::{self, Head, NEWEST, address, any_of};
use super::load::{Data, loaded_or_refused_in, query_part};
use crate::api::Listed;
use crate::api::changes::{ChangeRow, ChangeSearch, load_changes};
use crate::ui::{
    Breakable, Cell, Column, Empty, FilterForm, PageHead, Pager, Panel, Place, Row, Sort, Table,
    When,
};

const COLUMNS: &[Column] = &[
    ("What", Place::Lead),
    ("Who", Place::Detail),
    ("Details", Place::Wide),
    ("When (UTC)", Place::End),
];

const HEADS: &[Head] = &[("When", "created")];

/// Kinds of things, as the log names them.
const KINDS: [(&str, &str); 15] = [
    ("license", "License keys"),
    ("device", "Devices"),
    ("order", "Purchases"),
    ("product", "Products"),
    ("plan", "Plans"),
    ("mail", "Mails"),
    ("ticket", "Tickets"),
    ("stripe_app", "Stripe apps"),
    ("stripe_event", "Stripe events"),
    ("access_token", "Access tokens"),
    ("person", "People"),
    ("invitation", "Invitations"),
    ("tenant", "Company"),
    ("tenant_key", "Tenant keys"),
    ("signing_key", "Signing keys"),
];

/// What can be refused of a search, and the form's input that it was typed in.
const REFUSED: [(&str, &str); 3] = [("actor", "find"), ("from", "from"), ("to", "to")];

/// Audit log.
#[component]
pub fn AuditLogPage() -> impl IntoView {
    let (find, verb) = (query_part("find"), query_part("verb"));
    let (about, id) = (query_part("about"), query_part("id"));
    let (from, to) = (query_part("from"), query_part("to"));
    let (sort, after) = (query_part("sort"), query_part("after"));
    let search = move || ChangeSearch {
        find: find.get().unwrap_or_default(),
        verb: verb.get().unwrap_or_default(),
        about: about.get().unwrap_or_default(),
        id: id.get().unwrap_or_default(),
        from: from.get().unwrap_or_default(),
        to: to.get().unwrap_or_default(),
        sort: sort.get().unwrap_or_default(),
        after: after.get(),
    };
    let data = Data::new(search, load_changes);
    view! {
        <div class="page">
            <PageHead
                title="Audit log"
                purpose="Everything that was changed here, and by whom. Nothing can be taken out of it."
            />
            {loaded_or_refused_in(
                data,
                REFUSED.map(|(field, _)| field),
                move |found| body(found, &untrack(search)),
            )}
        </div>
    }
}

fn link(search: &ChangeSearch, sort: &str, after: Option<&str>) -> String {
    let filters = [
        ("find", search.find.as_str()),
        ("verb", &search.verb),
        ("about", &search.about),
        ("id", &search.id),
        ("from", &search.from),
        ("to", &search.to),
        ("sort", sort),
        ("after", after.unwrap_or_default()),
    ];
    address("/audit-log", &filters)
}

fn body(found: Result<Listed<ChangeRow>, FieldError>, search: &ChangeSearch) -> AnyView {
    let kinds = KINDS.map(|(word, label)| (word.to_owned(), label.to_owned()));
    let about = search.about.clone();
    let choices = vec![("about", "About", about, any_of("Everything", kinds.into()))];
    // The id of one thing is not kept: it says nothing about things of another kind.
    let kept = [("verb", &search.verb), ("sort", &search.sort)];
    let kept = kept.map(|(name, value)| (name, value.clone())).into();
    let find = search.find.clone();
    let days = vec![
        ("from", "From (UTC)", search.from.clone()),
        ("to", "To (UTC)", search.to.clone()),
    ];
    let newest = search.after.is_some();
    let newest = newest.then(|| link(search, &search.sort, None));
    let older = found.as_ref().ok().and_then(|list| list.next.clone());
    let older = older.map(|older| link(search, &search.sort, Some(&older)));
    let word = filters::order(HEADS, NEWEST, &search.sort);
    let labels = filters::pages(word);
    let (refused, refusal) = refused(found.as_ref().err());
    let content = match found {
        Ok(list) if list.items.is_empty() => nothing(older.is_some()),
        Ok(list) => {
            let address = |sort: &str| link(search, sort, None);
            table(list, search, filters::sorts(HEADS, word, &address))
        }
        Err(_) => empty("Nothing was looked for", "Correct what is refused above."),
    };
    view! {
        <div class="stack loose">
            <FilterForm
                label="Changes"
                action="/audit-log"
                field="Who, from the beginning"
                find
                choices
                days
                kept
                refusal
                refused
            />
            {narrowed(search)}
            <Panel>{content} <Pager newest older labels/></Panel>
        </div>
    }
    .into_any()
}

/// The input that was refused, and why.
fn refused(error: Option<&FieldError>) -> (&'static str, Option<String>) {
    let is_it = |(field, _): &(&str, &str)| error.is_some_and(|error| error.field == *field);
    let input = REFUSED.into_iter().find(is_it);
    let input = input.map_or("find", |(_, input)| input);
    (input, error.map(|error| error.message.clone()))
}

/// Says what the form does not: that the log is that of one act, of one thing, or of both.
fn narrowed(search: &ChangeSearch) -> Option<AnyView> {
    let lines = [one_verb(search), one_thing(search)];
    let is_narrowed = lines.iter().any(Option::is_some);
    is_narrowed.then(|| view! { <div class="stack tight">{lines}</div> }.into_any())
}

/// Says that the log is that of one act, and leads back to all.
fn one_verb(search: &ChangeSearch) -> Option<AnyView> {
    if search.verb.is_empty() {
        return None;
    }
    let all = ChangeSearch {
        verb: String::new(),
        ..search.clone()
    };
    let verb = search.verb.replace('_', " ");
    let line = view! {
        <p class="line tight small">
            <span class="muted wrap">{format!("Only “{verb}”")}</span>
            <a href=link(&all, &all.sort, None)>"Whatever was done"</a>
        </p>
    };
    Some(line.into_any())
}

/// Says that the log is that of one thing, and leads back to all.
fn one_thing(search: &ChangeSearch) -> Option<AnyView> {
    if search.id.is_empty() {
        return None;
    }
    let all = ChangeSearch {
        id: String::new(),
        ..search.clone()
    };
    let what = search.about.replace('_', " ").replace("license", "licence");
    let id = search.id.clone();
    let line = view! {
        <p class="line tight small">
            <span class="muted">{format!("Only what was done to the {what}")}</span>
            <code class="wrap">{id}</code>
            <a href=link(&all, &all.sort, None)>{format!("Every {what}")}</a>
        </p>
    };
    Some(line.into_any())
}

fn nothing(goes_on: bool) -> AnyView {
    let text = if goes_on {
        "Not among the 20,000 changes that were looked at. There are more: go on below."
    } else {
        "Changes stand here from the first one on. Take a filter away to see more."
    };
    empty("Nothing here", text)
}

fn empty(title: &'static str, text: &'static str) -> AnyView {
    view! {
        <Empty title text>
            <a class="btn" href="/audit-log">
                "All changes"
            </a>
        </Empty>
    }
    .into_any()
}

fn table(data: Listed<ChangeRow>, search: &ChangeSearch, sorts: Vec<Sort>) -> AnyView {
    let now = data.now;
    let rows = data
        .items
        .into_iter()
        .map(|change| {
            let same = ChangeSearch {
                verb: change.verb.clone(),
                ..search.clone()
            };
            let text = change.detail;
            let detail =
                (!text.is_empty()).then(|| view! { <span class="muted small wrap">{text}</span> });
            let subject = match change.href {
                Some(href) => view! { <a href=href>{change.subject}</a> }.into_any(),
                None => change.subject.into_any(),
            };
            view! {
                <Row>
                    <Cell place=Place::Lead>
                        <a href=link(&same, &same.sort, None)>{change.verb}</a>
                        " "
                        <span class="wrap">{subject}</span>
                    </Cell>
                    <Cell place=Place::Detail>
                        <Breakable text=change.actor/>
                    </Cell>
                    <Cell place=Place::Wide label="Details">{detail}</Cell>
                    <Cell place=Place::End>
                        <When at=change.at now/>
                    </Cell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <Table label="Changes" columns=COLUMNS sorts>
            {rows}
        </Table>
    }
    .into_any()
}
