//! The table of mails, as the Outbox and a purchase show it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::words;
use crate::api::mails::MailRow;
use crate::ui::{Ago, Breakable, Cell, Column, Place, Row, Sort, Table, Tag};

const COLUMNS: &[Column] = &[
    ("To", Place::Lead),
    ("State", Place::Mark),
    ("Mail", Place::Detail),
    ("The server’s answer", Place::Wide),
    ("Queued (UTC)", Place::End),
];

/// Mails in the order in which they come.
#[component]
pub fn MailTable(
    rows: Vec<MailRow>,
    now: Timestamp,
    /// Columns that they can be sorted by.
    #[prop(optional)]
    sorts: Vec<Sort>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|mail| view! { <MailLine mail now/> })
        .collect_view();
    view! {
        <Table label="Mails" columns=COLUMNS sorts>
            {rows}
        </Table>
    }
}

#[component]
fn MailLine(mail: MailRow, now: Timestamp) -> impl IntoView {
    let what = format!("{} {}", mail.product_name, words::mail_kind(&mail.kind));
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a href=format!("/outbox/{}", mail.id)>
                    <Breakable text=mail.address/>
                </a>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone=words::mail(&mail.state) word=mail.state/>
            </Cell>
            <Cell place=Place::Detail>{what}</Cell>
            <Cell place=Place::Wide>
                <span class="muted small wrap">{mail.last_answer}</span>
            </Cell>
            <Cell place=Place::End>
                <Ago at=mail.created_at now/>
            </Cell>
        </Row>
    }
}
