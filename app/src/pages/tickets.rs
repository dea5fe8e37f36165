//! Support tickets: what users of a program wrote, where the answer goes, and which are done with.

use domain::permission::Permission;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use leptos_router::location::Url;

use super::filters::{self, Head, NEWEST, address, any_of};
use super::history::History;
use super::load::{Data, loaded, path_part, query_part, where_permitted};
use super::words;
use crate::api::Listed;
use crate::api::products::load_product_choices;
use crate::api::tickets::{
    ChangeTicket, TicketDetail, TicketRow, TicketSearch, load_ticket, load_tickets,
};
use crate::ui::{
    Ago, Breakable, ButtonLook, Cell, Column, Copyable, Empty, Fact, Facts, FilterForm, Form,
    FormAction, PageHead, Pager, Panel, Place, Row, Segments, Sort, SubmitButton, Table, Tag, When,
};

const COLUMNS: &[Column] = &[
    ("Subject", Place::Lead),
    ("State", Place::Mark),
    ("Product", Place::Wide),
    ("From", Place::Detail),
    ("Received (UTC)", Place::End),
];

const HEADS: &[Head] = &[("Received", "created")];

const STATES: [&str; 3] = ["", "open", "closed"];

/// Tickets.
#[component]
pub fn TicketsPage() -> impl IntoView {
    let (find, state) = (query_part("find"), query_part("state"));
    let (product, sort) = (query_part("product"), query_part("sort"));
    let after = query_part("after");
    let search = move || TicketSearch {
        find: find.get().unwrap_or_default(),
        state: state.get().unwrap_or_default(),
        product: product.get().unwrap_or_default(),
        sort: sort.get().unwrap_or_default(),
        after: after.get(),
    };
    let data = Data::new(search, load_tickets);
    let products = Data::new(|| (), |()| load_product_choices());
    view! {
        <div class="page">
            <PageHead
                title="Tickets"
                purpose="What users of your programs wrote to you, and where the answer goes."
            />
            {loaded(
                data,
                move |tickets| {
                    let form = move |products| form(&untrack(search), products);
                    let search = untrack(search);
                    view! {
                        <div class="stack loose">
                            {loaded(products, form)} {panel(tickets, &search)}
                        </div>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

fn link(search: &TicketSearch, (state, sort): (&str, &str), after: Option<&str>) -> String {
    let filters = [
        ("find", search.find.as_str()),
        ("product", &search.product),
        ("state", state),
        ("sort", sort),
        ("after", after.unwrap_or_default()),
    ];
    address("/tickets", &filters)
}

fn form(search: &TicketSearch, products: Vec<(String, String)>) -> AnyView {
    let product = search.product.clone();
    let products = any_of("All products", products);
    let choices = vec![("product", "Product", product, products)];
    let kept = [("state", &search.state), ("sort", &search.sort)];
    let kept = kept.map(|(name, value)| (name, value.clone())).into();
    let find = search.find.clone();
    view! {
        <FilterForm
            label="Tickets"
            action="/tickets"
            field="Sender or subject, from the beginning"
            find
            choices
            kept
            refusal=None
        />
    }
    .into_any()
}

fn panel(tickets: Listed<TicketRow>, search: &TicketSearch) -> AnyView {
    let states = STATES.map(|word| {
        let label = if word.is_empty() { "all" } else { word };
        let is_chosen = search.state == word;
        let href = link(search, (word, &search.sort), None);
        (label.to_owned(), href, is_chosen)
    });
    let states = Vec::from(states);
    let filter = move || view! { <Segments label="State" items=states.clone()/> };
    let newest = search.after.is_some();
    let present = (search.state.as_str(), search.sort.as_str());
    let newest = newest.then(|| link(search, present, None));
    let older = tickets.next.clone();
    let older = older.map(|older| link(search, present, Some(&older)));
    let word = filters::order(HEADS, NEWEST, &search.sort);
    let labels = filters::pages(word);
    let content = if tickets.items.is_empty() {
        nothing(search)
    } else {
        let address = |sort: &str| link(search, (&search.state, sort), None);
        table(tickets, filters::sorts(HEADS, word, &address))
    };
    view! {
        <Panel title="Tickets" end=filter>
            {content} <Pager newest older labels/>
        </Panel>
    }
    .into_any()
}

fn nothing(search: &TicketSearch) -> AnyView {
    let is_narrowed =
        search.after.is_some() || link(search, (&search.state, ""), None) != "/tickets";
    let (title, text, href, label) = if is_narrowed {
        (
            "No such tickets",
            "A ticket is found by how its sender’s address or its subject begins. Take a filter away to see more.",
            "/tickets",
            "All tickets",
        )
    } else {
        (
            "No tickets",
            "A program sends one with an access token that may email; its user’s words stand here then.",
            "/access-tokens",
            "Access Tokens",
        )
    };
    view! {
        <Empty title text>
            <a class="btn" href=href>
                {label}
            </a>
        </Empty>
    }
    .into_any()
}

fn table(tickets: Listed<TicketRow>, sorts: Vec<Sort>) -> AnyView {
    let now = tickets.now;
    let rows = tickets
        .items
        .into_iter()
        .map(|ticket| line(ticket, now))
        .collect_view();
    view! {
        <Table label="Tickets" columns=COLUMNS sorts>
            {rows}
        </Table>
    }
    .into_any()
}

fn line(ticket: TicketRow, now: Timestamp) -> impl IntoView {
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a class="wrap" href=format!("/tickets/{}", ticket.id)>
                    {ticket.subject}
                </a>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone=words::ticket(&ticket.state) word=ticket.state/>
            </Cell>
            <Cell place=Place::Wide>{ticket.product_name}</Cell>
            <Cell place=Place::Detail>
                <Breakable text=ticket.email/>
            </Cell>
            <Cell place=Place::End>
                <Ago at=ticket.created_at now/>
            </Cell>
        </Row>
    }
}

/// One ticket.
#[component]
pub fn TicketPage() -> impl IntoView {
    let change = FormAction::of::<ChangeTicket>();
    let id = path_part("id");
    let done = change.successes();
    let data = Data::new(move || (id.get(), done.get()), |(id, _)| load_ticket(id));
    data.follow(&[".ticket."]);
    view! {
        <div class="page">{loaded(data, move |ticket| body(ticket, change))}</div>
    }
}

fn body(ticket: TicketDetail, change: FormAction) -> AnyView {
    let answer = format!(
        "mailto:{}?subject={}",
        Url::escape(&ticket.row.email).replace("%40", "@"),
        Url::escape(&format!("Re: {}", ticket.row.subject)),
    );
    let purpose = format!("From {}.", ticket.row.email);
    let (title, message) = (ticket.row.subject.clone(), ticket.message.clone());
    let id = StoredValue::new(ticket.row.id.clone());
    let is_open = ticket.closed.is_none();
    let (history, now) = (ticket.history.clone(), ticket.now);
    let about = ("ticket", ticket.row.id.clone());
    let act = move || act(id.get_value(), is_open, change);
    let act = where_permitted(Permission::Email, act);
    view! {
        <PageHead title purpose>
            <a class="btn main" href=answer>
                "Answer by mail"
            </a>
        </PageHead>
        <div class="two">
            <Panel title="Text">
                <div class="letter">{message}</div>
            </Panel>
            <div class="stack">
                <Panel title="Facts">{facts(ticket)} {act}</Panel>
                <History changes=history now about/>
            </div>
        </div>
    }
    .into_any()
}

/// The form that closes it, or opens it again.
fn act(id: String, is_open: bool, change: FormAction) -> AnyView {
    let (word, label) = if is_open {
        ("close", "Close the ticket")
    } else {
        ("reopen", "Open it again")
    };
    view! {
        <footer>
            <Form action=change>
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="change" value=word/>
                <SubmitButton label look=ButtonLook::Plain/>
            </Form>
        </footer>
    }
    .into_any()
}

fn facts(ticket: TicketDetail) -> impl IntoView {
    let (row, now) = (ticket.row, ticket.now);
    let closed = ticket.closed.map(|(by, at)| {
        view! {
            <Fact name="Closed by">
                <Breakable text=by/>
            </Fact>
            <Fact name="Closed (UTC)">
                <When at now/>
            </Fact>
        }
    });
    view! {
        <Facts>
            <Fact name="State">
                <Tag tone=words::ticket(&row.state) word=row.state/>
            </Fact>
            <Fact name="From">
                <Copyable text=row.email what="address"/>
            </Fact>
            <Fact name="Product">
                <a href=format!("/products/{}", ticket.product_id)>{row.product_name}</a>
            </Fact>
            <Fact name="Came (UTC)">
                <When at=row.created_at now/>
            </Fact>
            {closed}
        </Facts>
    }
}
