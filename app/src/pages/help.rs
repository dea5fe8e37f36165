//! The integration guide, in the order of doing: each step is ticked off when it is really done.

use leptos::prelude::*;

use super::load::{Data, loaded};
use super::snippets::snippets;
use crate::api::guide::{GuidePart, GuideStep, load_guide};
use crate::ui::{Breakable, Copyable, PageHead, Panel, Step, Steps, Tone};

/// Help.
#[component]
pub fn HelpPage() -> impl IntoView {
    let data = Data::new(|| (), |()| load_guide());
    view! {
        <div class="page">
            <PageHead
                title="Help"
                purpose="From a Stripe account to a program that asks for its licence. What is ticked off here is really done; nothing has to be marked by hand."
            />
            {loaded(
                data,
                |parts| {
                    let parts = parts.into_iter().map(part).collect_view();
                    view! { <div class="stack prose">{parts}</div> }.into_any()
                },
            )}
        </div>
    }
}

fn part(part: GuidePart) -> AnyView {
    let steps = part.steps.into_iter().map(step).collect_view();
    view! {
        <Panel title=part.title>
            <Steps>{steps}</Steps>
        </Panel>
    }
    .into_any()
}

fn step(step: GuideStep) -> AnyView {
    let tone = match step.is_done {
        Some(true) => Tone::Ok,
        Some(false) => Tone::Warn,
        None => Tone::Info,
    };
    let values = step
        .values
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="line tight small">
                    <span class="muted">{name} ":"</span>
                    <Copyable text=value what="value"/>
                </div>
            }
        })
        .collect_view();
    let link = step.link.map(|(href, label)| {
        view! { <a href=href>{label}</a> }
    });
    let code = (!step.snippets.is_empty()).then(|| snippets(step.snippets));
    view! {
        <Step tone>
            <div class="stack tight">
                <p>{prose(&step.text)}</p>
                {values}
                {code}
                {link}
            </div>
        </Step>
    }
    .into_any()
}

/// Text in which code stands between backticks.
fn prose(text: &str) -> Vec<AnyView> {
    text.split('`')
        .enumerate()
        .map(|(place, part)| {
            let part = part.to_owned();
            if place % 2 == 0 {
                return part.into_any();
            }
            view! {
                <code>
                    <Breakable text=part/>
                </code>
            }
            .into_any()
        })
        .collect()
}
