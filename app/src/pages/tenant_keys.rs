//! The keys that seal a tenant's secrets, and the public keys that verify its offline codes.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::history::History;
use super::load::{Data, loaded};
use crate::api::tenant_keys::{
    ActivateTenantKey, PublicKeyRow, RotateSigningKey, TenantKeyRow, TenantKeys, load_tenant_keys,
};
use crate::ui::{
    Cell, ChoiceField, Column, Confirm, CopyButton, Form, FormAction, PageHead, Panel, Place, Row,
    SubmitButton, Table, Tag, Tone, When,
};

const COLUMNS: &[Column] = &[
    ("Version", Place::Lead),
    ("State", Place::Mark),
    ("Made (UTC)", Place::Detail),
    ("Retired (UTC)", Place::Wide),
];

/// Sizes of a pair: value, label and the label's class.
const SIZES: &[(&str, &str, &str)] = &[("2048", "RSA-2048", ""), ("3072", "RSA-3072", "")];

/// Kinds of changes that its history shows, as the audit log names them, and in words.
const KINDS: &[(&str, &str)] = &[
    ("tenant_key", "tenant keys"),
    ("signing_key", "signing keys"),
];

/// Tenant Keys.
#[component]
pub fn TenantKeysPage() -> impl IntoView {
    let activate = FormAction::of::<ActivateTenantKey>();
    let rotate = FormAction::of::<RotateSigningKey>();
    let (activated, rotated) = (activate.successes(), rotate.successes());
    let data = Data::new(
        move || (activated.get(), rotated.get()),
        |_| load_tenant_keys(),
    );
    view! {
        <div class="page">
            <PageHead
                title="Tenant Keys"
                purpose="One kind seals your Stripe secrets and licence keys in the database; the other signs the offline codes that your programs verify."
            />
            {loaded(
                data,
                move |data| {
                    let (history, now) = (data.history.clone(), data.now);
                    view! {
                        <div class="stack loose">
                            {sealing(&data, activate)} {signing(data, rotate)}
                            <History changes=history now kinds=KINDS/>
                        </div>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

fn sealing(data: &TenantKeys, activate: FormAction) -> AnyView {
    let now = data.now;
    let present = data.keys.first().map_or(0, |key| key.version);
    let rows = data.keys.iter().cloned();
    let rows = rows.map(|key| line(key, now)).collect_view();
    let activate = data.may_manage.then(|| {
        let next = present + 1;
        let question = format!("Tenant key {next} is made and seals everything from now on. Tenant key {present} is retired. Purchases go on meanwhile, and nothing has to be typed again.");
        view! {
            <Confirm label="Activate a new tenant key…" question>
                <Form action=activate>
                    <SubmitButton label=format!("Activate tenant key {next}")/>
                </Form>
            </Confirm>
        }
    });
    view! {
        <Panel title="Keys">
            <Table label="Tenant keys" columns=COLUMNS>
                {rows}
            </Table>
        </Panel>
        {activate}
    }
    .into_any()
}

fn signing(data: TenantKeys, rotate: FormAction) -> AnyView {
    let now = data.now;
    let present = data.public_keys.first().map_or(0, |key| key.version);
    let keys = data
        .public_keys
        .into_iter()
        .map(|key| public_key(key, now))
        .collect_view();
    let rotate = data.may_manage.then(|| {
        let next = present + 1;
        let question = format!("New offline codes are signed with pair {next}, and only programs that ship public key {next} take them. Codes that were made before stay good where public key {present} is.");
        view! {
            <Confirm label="Make a new signing pair…" question>
                <Form action=rotate>
                    <ChoiceField
                        name="bits"
                        label="Size"
                        hint="2048 bits are enough for years. 3072 make every offline code half as long again."
                        value="2048"
                        choices=SIZES
                    />
                    <SubmitButton label=format!("Make signing pair {next}")/>
                </Form>
            </Confirm>
        }
    });
    view! {
        <Panel title="Public keys of offline codes">
            <div class="inner stack loose">{keys}</div>
        </Panel>
        {rotate}
    }
    .into_any()
}

/// A public key as programs ship it; former ones are closed until somebody opens them.
fn public_key(key: PublicKeyRow, now: Timestamp) -> AnyView {
    let name = format!("Public key {}", key.version);
    let (tone, word) = if key.is_active {
        (Tone::Ok, "active")
    } else {
        (Tone::Plain, "retired")
    };
    let since = key.retired_at.unwrap_or(key.created_at);
    view! {
        <details open=key.is_active>
            <summary>
                {name} " " <span class="muted">{format!("RSA-{}", key.bits)}</span> " " <Tag tone word/> " " <When at=since now/>
            </summary>
            <pre class="letter small">{key.pem.clone()}</pre>
            <CopyButton text=key.pem what="public key"/>
        </details>
    }
    .into_any()
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
            <Cell place=Place::Wide label="Retired (UTC)">
                {retired}
            </Cell>
        </Row>
    }
}
