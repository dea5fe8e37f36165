//! What people and programs did with a thing, as its page shows it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::filters::address;
use crate::api::changes::ChangeRow;
use crate::ui::{Empty, Panel, Step, Steps, Tone, When};

/// Changes, newest first.
#[component]
pub fn History(
    changes: Vec<ChangeRow>,
    now: Timestamp,
    /// Kind and id of the thing, as the audit log names them.
    #[prop(optional, into)]
    about: Option<(&'static str, String)>,
    /// On the page of many things: their kinds as the audit log names them, and in words.
    #[prop(optional)]
    kinds: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    if changes.is_empty() {
        return view! {
            <Panel title="History">
                <Empty title="Nothing yet" text="What people and programs do with it stands here."/>
            </Panel>
        }
        .into_any();
    }
    let steps = changes
        .into_iter()
        .map(|change| {
            let text = format!("{} by {}", change.verb, change.actor);
            let detail = change.detail;
            let detail =
                (!detail.is_empty()).then(|| view! { <span class="under">{detail}</span> });
            let remark = view! { <When at=change.at now/> }.into_any();
            view! {
                <Step tone=Tone::Ok remark>
                    {text}
                    {detail}
                </Step>
            }
        })
        .collect_view();
    let all = about.map(|(kind, id)| {
        view! { <footer>{link(kind, &id, "All of it in the audit log")}</footer> }.into_any()
    });
    let all = all.or_else(|| (!kinds.is_empty()).then(|| more(kinds)));
    view! {
        <Panel title="History">
            <Steps>{steps}</Steps>
            {all}
        </Panel>
    }
    .into_any()
}

/// Where older lines stand than the page has.
fn more(kinds: &[(&'static str, &'static str)]) -> AnyView {
    let links = kinds
        .iter()
        .map(|&(kind, words)| link(kind, "", words))
        .collect_view();
    view! {
        <footer class="line tight">
            <span class="muted">"More in the audit log:"</span>
            {links}
        </footer>
    }
    .into_any()
}

/// Leads from the row of a thing that has no page of its own to what was done to it.
pub fn history_link(kind: &'static str, id: &str, thing: &str) -> AnyView {
    let href = address("/audit-log", &[("about", kind), ("id", id)]);
    view! {
        <a class="under" href=href aria-label=format!("History of {thing}")>
            "History"
        </a>
    }
    .into_any()
}

fn link(kind: &str, id: &str, words: &'static str) -> AnyView {
    let href = address("/audit-log", &[("about", kind), ("id", id)]);
    view! { <a href=href>{words}</a> }.into_any()
}
