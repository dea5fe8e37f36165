//! What people and programs did with a thing, as its page shows it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::filters::address;
use crate::api::changes::ChangeRow;
use crate::format;
use crate::ui::{Empty, Panel, Step, Steps, Tone};

/// Changes, newest first.
#[component]
pub fn History(
    changes: Vec<ChangeRow>,
    now: Timestamp,
    /// Kind and id of the thing, as the audit log names them.
    #[prop(optional, into)]
    about: Option<(&'static str, String)>,
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
            view! {
                <Step tone=Tone::Ok remark=format::relative(change.at, now)>
                    {text}
                    {detail}
                </Step>
            }
        })
        .collect_view();
    let all = about.map(|(kind, id)| {
        let href = address("/audit-log", &[("about", kind), ("id", &id)]);
        view! {
            <footer>
                <a href=href>"All of it in the audit log"</a>
            </footer>
        }
    });
    view! {
        <Panel title="History">
            <Steps>{steps}</Steps>
            {all}
        </Panel>
    }
    .into_any()
}
