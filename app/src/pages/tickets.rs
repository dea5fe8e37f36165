//! Support tickets: what users of a program wrote, and where the answer goes.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use leptos_router::location::Url;

use super::load::{Data, loaded, path_part, query_part};
use crate::api::Listed;
use crate::api::tickets::{TicketDetail, TicketRow, load_ticket, load_tickets};
use crate::ui::{
    Ago, Breakable, Cell, Column, Copyable, Empty, Fact, Facts, PageHead, Pager, Panel, Place, Row,
    Table, When,
};

const COLUMNS: &[Column] = &[
    ("Subject", Place::Lead),
    ("Product", Place::Wide),
    ("From", Place::Detail),
    ("Received", Place::End),
];

/// Tickets.
#[component]
pub fn TicketsPage() -> impl IntoView {
    let after = query_part("after");
    let data = Data::new(move || after.get(), load_tickets);
    view! {
        <div class="page">
            <PageHead
                title="Tickets"
                purpose="What users of your programs wrote to you, and where the answer goes."
            />
            <Panel title="Tickets">
                {loaded(
                    data,
                    move |tickets| {
                        let is_first = after.get_untracked().is_none();
                        list(tickets, is_first)
                    },
                )}
            </Panel>
        </div>
    }
}

fn list(tickets: Listed<TicketRow>, is_first: bool) -> AnyView {
    if tickets.items.is_empty() {
        return view! {
            <Empty
                title="No tickets"
                text="A program sends one with an access token that may email; its user’s words stand here then."
            >
                <a class="btn" href="/access-tokens">
                    "Access Tokens"
                </a>
            </Empty>
        }
        .into_any();
    }
    let now = tickets.now;
    let rows = tickets
        .items
        .into_iter()
        .map(|ticket| line(ticket, now))
        .collect_view();
    view! {
        <Table label="Tickets" columns=COLUMNS>
            {rows}
        </Table>
        <Pager
            newest=(!is_first).then(|| "/tickets".to_owned())
            older=tickets.next.map(|next| format!("/tickets?after={next}"))
        />
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
    let id = path_part("id");
    let data = Data::new(move || id.get(), load_ticket);
    view! {
        <div class="page">{loaded(data, |ticket| view! { <Ticket ticket/> }.into_any())}</div>
    }
}

#[component]
fn Ticket(ticket: TicketDetail) -> impl IntoView {
    let (row, now) = (ticket.row, ticket.now);
    let answer = format!(
        "mailto:{}?subject={}",
        Url::escape(&row.email).replace("%40", "@"),
        Url::escape(&format!("Re: {}", row.subject)),
    );
    view! {
        <PageHead title=row.subject purpose=format!("From {}.", row.email)>
            <a class="btn main" href=answer>
                "Answer by mail"
            </a>
        </PageHead>
        <div class="two">
            <Panel title="Text">
                <div class="letter">{ticket.message}</div>
            </Panel>
            <Panel title="Facts">
                <Facts>
                    <Fact name="From">
                        <Copyable text=row.email what="address"/>
                    </Fact>
                    <Fact name="Product">
                        <a href=format!("/products/{}", ticket.product_id)>{row.product_name}</a>
                    </Fact>
                    <Fact name="Came (UTC)">
                        <When at=row.created_at now/>
                    </Fact>
                </Facts>
            </Panel>
        </div>
    }
}
