//! Access tokens for programs: shown once, ended within a second.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::filters::NEWEST;
use super::history::{History, history_link};
use super::load::{Data, loaded};
use super::named_list::{NamedList, named_search};
use crate::api::NamedSearch;
use crate::api::access_tokens::{
    AccessTokenRow, AccessTokens, CreateAccessToken, RenameAccessToken, RevokeAccessToken,
    load_access_tokens,
};
use crate::ui::{
    Ago, ButtonLook, Cell, CheckField, Column, Confirm, CopyButton, Day, Empty, Field,
    FieldRefusal, Form, FormAction, Notice, Outcome, PageHead, Panel, Place, Row, SubmitButton,
    Table, Tag, Tone,
};

const COLUMNS: &[Column] = &[
    ("Name", Place::Lead),
    ("State", Place::Mark),
    ("May", Place::Detail),
    ("Last used (UTC)", Place::Wide),
    ("Created (UTC day)", Place::Wide),
    ("", Place::Acts),
];

const LIST: NamedList = NamedList {
    path: "/access-tokens",
    label: "Tokens",
    field: "Name, from its beginning",
    states: &[
        ("", "all"),
        ("active", "active"),
        ("expired", "expired"),
        ("revoked", "ended"),
    ],
    heads: &[("Created", "created")],
    order: NEWEST,
};

/// The actions of the page.
#[derive(Clone, Copy)]
struct Acts {
    create: FormAction,
    rename: FormAction,
    revoke: FormAction,
}

/// Kinds of changes that its history shows, as the audit log names them, and in words.
const KINDS: &[(&str, &str)] = &[("access_token", "tokens")];

/// Access Tokens.
#[component]
pub fn AccessTokensPage() -> impl IntoView {
    let acts = Acts {
        create: FormAction::of::<CreateAccessToken>(),
        rename: FormAction::of::<RenameAccessToken>(),
        revoke: FormAction::of::<RevokeAccessToken>(),
    };
    let changes = [acts.create, acts.rename, acts.revoke].map(FormAction::successes);
    let search = named_search();
    let key = move || (changes.map(|count| count.get()), search());
    let data = Data::new(key, |(_, search)| load_access_tokens(search));
    view! {
        <div class="page">
            <PageHead
                title="Access Tokens"
                purpose="For your programs and scripts. Give each its own, with no more permissions than it needs."
            />
            {loaded(data, move |data| body(data, &untrack(search), acts))}
        </div>
    }
}

fn body(data: AccessTokens, search: &NamedSearch, acts: Acts) -> AnyView {
    let Acts {
        create,
        rename,
        revoke,
    } = acts;
    let now = data.now;
    let present = data
        .tokens
        .iter()
        .filter(|token| token.revoked_at.is_none());
    let present: Vec<_> = present.map(|token| token.id.to_string()).collect();
    let new_token = data.new_token.map(|token| {
        view! {
            <Notice tone=Tone::Ok title="Copy the new token now: it is shown this once">
                <span class="copyable">
                    <code>{token.0.clone()}</code>
                    <CopyButton text=token.0 what="token"/>
                </span>
            </Notice>
        }
    });
    let list = if data.tokens.is_empty() {
        Err(view! {
            <Empty
                title="No tokens yet"
                text="A program that validates licences needs one with the permission verify: make it in the form on this page."
            />
        }
        .into_any())
    } else {
        let rows = data
            .tokens
            .into_iter()
            .map(|token| line(token, now, data.may_manage.then_some(acts)))
            .collect_view();
        Ok(view! {
            <Table label="Access tokens" columns=COLUMNS sorts=LIST.sorts(search)>
                {rows}
            </Table>
        }
        .into_any())
    };
    let new = data.may_manage.then(|| {
        view! {
            <Panel title="New token">
                <div class="inner">
                    <NewToken action=create/>
                </div>
            </Panel>
        }
    });
    let list = LIST.frame(search, data.next.as_ref(), list);
    view! {
        <div class="stack loose">
            {new_token}
            <Outcome action=rename about="id" present=present.clone()/>
            <Outcome action=revoke about="id" present/>
            <div class=if data.may_manage { "two" } else { "stack" }>
                <div class="stack">
                    {list}
                    <History changes=data.history now kinds=KINDS/>
                </div>
                {new}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn NewToken(action: FormAction) -> impl IntoView {
    view! {
        <Form action>
            <Field name="name" label="Name" hint="What will use it: “build server”, “Windows app 4.2”."/>
            <fieldset class="field">
                <legend>"May"</legend>
                <CheckField
                    name="verify"
                    label="verify"
                    hint="Validate licences. Safe inside a program that customers have."
                    is_ticked=true
                />
                <CheckField
                    name="generate"
                    label="generate"
                    hint="Make keys; list and read products, licences and events."
                    is_ticked=false
                />
                <CheckField name="email" label="email" hint="Send support tickets." is_ticked=false/>
                <CheckField
                    name="manage"
                    label="manage"
                    hint="Change products, plans, Stripe apps and licences."
                    is_ticked=false
                />
                <FieldRefusal name="permissions"/>
            </fieldset>
            <Field
                name="expiresAt"
                label="Ends"
                hint="A day like 2027-01-31, whose last second (UTC) it is, or nothing for never."
            />
            <div class="form-end">
                <SubmitButton label="Make token"/>
            </div>
        </Form>
    }
}

/// A token, with what can be done with it for whoever may.
fn line(token: AccessTokenRow, now: Timestamp, acts: Option<Acts>) -> impl IntoView {
    let (tone, word) = state(&token, now);
    // Several may have one name: how it begins says which.
    let called = format!("“{}” ({}…)", token.name, token.begins_with);
    let id = token.id.to_string();
    let history = history_link("access_token", &id, &called);
    let last_used = match token.last_used_at {
        Some(at) => view! { <Ago at now/> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    let acts = acts.filter(|_| token.revoked_at.is_none());
    let acts = acts.map(|acts| changing((id, &token.name, &called), acts));
    let end = match token.expires_at {
        Some(at) => view! { "ends " <Day at/> }.into_any(),
        None => "never ends".into_any(),
    };
    let name = token.name.clone();
    view! {
        <Row>
            <Cell place=Place::Lead>
                {name} <code class="under">{token.begins_with} "…"</code> {history}
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone word/>
            </Cell>
            <Cell place=Place::Detail>{token.permissions.replace(',', ", ")}</Cell>
            <Cell place=Place::Wide label="Last used (UTC)">
                {last_used}
            </Cell>
            <Cell place=Place::Wide label="Created">
                <Day at=token.created_at/>
                <span class="under keep">{end}</span>
            </Cell>
            <Cell place=Place::Acts>{acts}</Cell>
        </Row>
    }
}

/// Another name, or its end.
fn changing((id, name, called): (String, &str, &str), acts: Acts) -> AnyView {
    let (rename, revoke) = (acts.rename, acts.revoke);
    let is_open = rename.was_refused(("id", id.as_str()));
    let label = format!("End {called}");
    let question = format!("{called} stops working within a second, everywhere.");
    let (its_name, name) = (format!("Name of {called}"), name.to_owned());
    view! {
        <details class="confirm plain" open=is_open>
            <summary class="btn quiet">"Change…"</summary>
            <div>
                <Form action=rename about=("id", id.clone())>
                    <Field name="name" label=its_name value=name/>
                    <SubmitButton label="Save name" look=ButtonLook::Plain/>
                </Form>
                <Confirm label="End…" question>
                    <Form action=revoke about=("id", id)>
                        <SubmitButton label look=ButtonLook::Danger/>
                    </Form>
                </Confirm>
            </div>
        </details>
    }
    .into_any()
}

fn state(token: &AccessTokenRow, now: Timestamp) -> (Tone, &'static str) {
    if token.revoked_at.is_some() {
        (Tone::Plain, "ended")
    } else if token.expires_at.is_some_and(|end| end <= now) {
        (Tone::Warn, "expired")
    } else {
        (Tone::Ok, "active")
    }
}
