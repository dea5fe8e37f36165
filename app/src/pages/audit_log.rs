//! The audit log: who did what to which thing.

use leptos::prelude::*;

use super::load::{Data, loaded, query_part};
use crate::api::Listed;
use crate::api::changes::{ChangeRow, load_changes};
use crate::ui::{Cell, Column, Empty, PageHead, Pager, Panel, Place, Row, Table, When};

const COLUMNS: &[Column] = &[
    ("What", Place::Lead),
    ("Who", Place::Detail),
    ("Details", Place::Wide),
    ("When (UTC)", Place::End),
];

/// Audit log.
#[component]
pub fn AuditLogPage() -> impl IntoView {
    let after = query_part("after");
    let data = Data::new(move || after.get(), load_changes);
    view! {
        <div class="page">
            <PageHead
                title="Audit log"
                purpose="Everything that was changed here, by whom, newest first. Nothing can be taken out of it."
            />
            {loaded(
                data,
                move |data| view! { <Body data is_first=after.get_untracked().is_none()/> }.into_any(),
            )}
        </div>
    }
}

#[component]
fn Body(data: Listed<ChangeRow>, is_first: bool) -> impl IntoView {
    let now = data.now;
    if data.items.is_empty() {
        return view! {
            <Panel>
                <Empty title="Nothing here" text="Changes stand here from the first one on."/>
            </Panel>
        }
        .into_any();
    }
    let rows = data
        .items
        .into_iter()
        .map(|change| {
            view! {
                <Row>
                    <Cell place=Place::Lead>
                        <span class="strong">{change.verb}</span>
                        " "
                        {change.subject}
                    </Cell>
                    <Cell place=Place::Detail>{change.actor}</Cell>
                    <Cell place=Place::Wide>
                        <span class="muted small wrap">{change.detail}</span>
                    </Cell>
                    <Cell place=Place::End>
                        <When at=change.at now/>
                    </Cell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <Table label="Changes" columns=COLUMNS>
                {rows}
            </Table>
            <Pager
                newest=(!is_first).then(|| "/audit-log".to_owned())
                older=data.next.map(|next| format!("/audit-log?after={next}"))
            />
        </Panel>
    }
    .into_any()
}
