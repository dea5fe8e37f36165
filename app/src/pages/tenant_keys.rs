//! The keys that seal a tenant's secrets.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::load::{Data, loaded};
use crate::api::tenant_keys::{ActivateTenantKey, TenantKeyRow, load_tenant_keys};
use crate::ui::{
    Cell, Column, Confirm, Form, FormAction, PageHead, Panel, Place, Row, SubmitButton, Table, Tag,
    Tone, When,
};

const COLUMNS: &[Column] = &[
    ("Version", Place::Lead),
    ("State", Place::Mark),
    ("Made", Place::Detail),
    ("Retired", Place::Wide),
];

/// Tenant Keys.
#[component]
pub fn TenantKeysPage() -> impl IntoView {
    let activate = FormAction::of::<ActivateTenantKey>();
    let done = activate.successes();
    let data = Data::new(move || done.get(), |_| load_tenant_keys());
    view! {
        <div class="page">
            <PageHead
                title="Tenant Keys"
                purpose="They seal your Stripe secrets and licence keys in the database. One is active; a new one takes over without anything being typed again."
            />
            {loaded(
                data,
                move |data| {
                    let now = data.now;
                    let rows = data.keys.into_iter().map(|key| line(key, now)).collect_view();
                    view! {
                        <Panel title="Keys">
                            <Table label="Tenant keys" columns=COLUMNS>
                                {rows}
                            </Table>
                        </Panel>
                        <Confirm
                            label="Activate a new tenant key…"
                            question="A new key is made and seals everything from now on. The present one is retired. Purchases go on meanwhile, and nothing has to be typed again."
                        >
                            <Form action=activate>
                                <SubmitButton label="Activate a new tenant key"/>
                            </Form>
                        </Confirm>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

fn line(key: TenantKeyRow, now: Timestamp) -> impl IntoView {
    let tone = if key.state == "active" {
        Tone::Ok
    } else {
        Tone::Plain
    };
    let retired = key.retired_at.map(|at| view! { <When at now/> });
    view! {
        <Row>
            <Cell place=Place::Lead>{format!("Tenant key {}", key.version)}</Cell>
            <Cell place=Place::Mark>
                <Tag tone word=key.state/>
            </Cell>
            <Cell place=Place::Detail>
                <When at=key.created_at now/>
            </Cell>
            <Cell place=Place::Wide>{retired}</Cell>
        </Row>
    }
}
