//! The table of keys, as Dashboard and License Keys show it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::words;
use crate::api::licenses::LicenseRow;
use crate::ui::{Ago, Breakable, Cell, Column, CopyButton, Day, Place, Row, Sort, Table, Tag};

const COLUMNS: &[Column] = &[
    ("Key", Place::Lead),
    ("Product", Place::Wide),
    ("Customer", Place::Detail),
    ("Expires (UTC day)", Place::WideNumber),
    ("State", Place::Mark),
    ("Issued (UTC)", Place::End),
];

/// Keys in the order in which they come.
#[component]
pub fn LicenseTable(
    rows: Vec<LicenseRow>,
    now: Timestamp,
    /// Columns that they can be sorted by.
    #[prop(optional)]
    sorts: Vec<Sort>,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| view! { <LicenseLine row now/> })
        .collect_view();
    view! {
        <Table label="License keys" columns=COLUMNS sorts>
            {rows}
        </Table>
    }
}

#[component]
fn LicenseLine(row: LicenseRow, now: Timestamp) -> impl IntoView {
    let customer = if row.email.is_empty() {
        "nobody yet".to_owned()
    } else {
        row.email
    };
    view! {
        <Row>
            <Cell place=Place::Lead>
                <span class="copyable">
                    <a href=format!("/licenses/{}", row.id)>
                        <code>{row.activation_key.clone()}</code>
                    </a>
                    <CopyButton text=row.activation_key what="key"/>
                </span>
            </Cell>
            <Cell place=Place::Wide>{row.product_name}</Cell>
            <Cell place=Place::Detail>
                <Breakable text=customer/>
            </Cell>
            <Cell place=Place::WideNumber>
                <Day at=row.expires_at/>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone=words::license(&row.state) word=row.state/>
            </Cell>
            <Cell place=Place::End>
                <Ago at=row.created_at now/>
            </Cell>
        </Row>
    }
}
