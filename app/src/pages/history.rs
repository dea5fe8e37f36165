//! What people and programs did with a thing, as its page shows it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::api::changes::ChangeRow;
use crate::format;
use crate::ui::{Empty, Panel, Step, Steps, Tone};

/// Changes, newest first.
#[component]
pub fn History(changes: Vec<ChangeRow>, now: Timestamp) -> impl IntoView {
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
    view! {
        <Panel title="History">
            <Steps>{steps}</Steps>
        </Panel>
    }
    .into_any()
}
