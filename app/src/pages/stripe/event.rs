//! One event: what came, what was made of it, and the one thing to do next.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::api::stripe_events::{EventDetail, EventStep, Remedy, ReplayEvent, load_event};
use crate::flash::Link;
use crate::format;
use crate::pages::history::History;
use crate::pages::load::{Data, loaded, path_part};
use crate::pages::words;
use crate::ui::{
    ButtonLook, CopyButton, Copyable, Fact, Facts, Form, FormAction, Notice, PageHead, Panel, Step,
    Steps, SubmitButton, Tag, Tone, When,
};

/// An event.
#[component]
pub fn EventPage() -> impl IntoView {
    let replay = FormAction::of::<ReplayEvent>();
    let id = path_part("id");
    let done = replay.successes();
    let data = Data::new(move || (id.get(), done.get()), |(id, _)| load_event(id));
    data.follow(&[".stripe_event."]);
    view! {
        <div class="page">
            {loaded(data, move |event| view! { <Body event replay/> }.into_any())}
        </div>
    }
}

#[component]
fn Body(event: EventDetail, replay: FormAction) -> impl IntoView {
    let purpose = event.row.outcome.clone();
    let notice = event.error.clone().map(|error| {
        let remedy = event.remedy.clone().map(remedy_line);
        view! { <Notice tone=Tone::Bad title=error>{remedy}</Notice> }
    });
    let id = event.row.id.clone();
    let again = event.may_replay.then(|| {
        view! {
            <Form action=replay>
                <input type="hidden" name="id" value=id/>
                <SubmitButton label="Process again" look=ButtonLook::Plain/>
            </Form>
        }
    });
    let (now, title) = (event.now, event.row.event_type.clone());
    let steps = event
        .steps
        .iter()
        .map(|step| step_line(step.clone(), now))
        .collect_view();
    let payload = payload(event.payload.clone());
    let about = ("stripe_event", event.row.id.clone());
    // Most events are processed once and nobody does anything with them.
    let history = event.history.clone();
    let history = (!history.is_empty()).then(|| view! { <History changes=history now about/> });
    let facts = facts(event, now);
    view! {
        <PageHead title purpose>
            {again}
        </PageHead>
        {notice}
        <div class="two">
            {payload}
            <div class="stack">
                <Panel title="Its way">
                    <Steps>{steps}</Steps>
                </Panel>
                <Panel title="Facts">{facts}</Panel>
                {history}
            </div>
        </div>
    }
}

fn remedy_line(remedy: Remedy) -> AnyView {
    view! { <p>{remedy.text} {remedy.link.map(link)} {remedy.rest}</p> }.into_any()
}

fn link(link: Link) -> AnyView {
    view! { <a href=link.href>{link.label}</a> }.into_any()
}

/// The body, or why there is none.
fn payload(payload: Result<String, String>) -> AnyView {
    match payload {
        Ok(text) => {
            let copy = text.clone();
            view! {
                <Panel
                    title="Payload"
                    end=move || view! { <CopyButton text=copy.clone() what="payload"/> }
                >
                    <pre tabindex="0">{text}</pre>
                </Panel>
            }
            .into_any()
        }
        Err(why) => view! {
            <Panel title="Payload">
                <p class="inner muted">{why}</p>
            </Panel>
        }
        .into_any(),
    }
}

fn step_line(step: EventStep, now: Timestamp) -> AnyView {
    let tone = match step.went_well {
        Some(true) => Tone::Ok,
        Some(false) => Tone::Bad,
        None => Tone::Warn,
    };
    let remark = step.at.map(|at| view! { <When at now/> });
    let keys = step
        .keys
        .into_iter()
        .enumerate()
        .map(|(place, key)| ((place > 0).then_some(", "), link(key)))
        .collect_view();
    view! {
        <Step tone remark=remark.into_any()>
            {step.app.map(link)} {step.text} {keys}
        </Step>
    }
    .into_any()
}

fn facts(event: EventDetail, now: Timestamp) -> impl IntoView {
    let source = match event.source.as_str() {
        "stripe" => "fetched from Stripe",
        "signature" => "its signature was right",
        _ => "nobody vouches for it",
    };
    let or = |text: String, otherwise: &str| {
        if text.is_empty() {
            otherwise.to_owned()
        } else {
            text
        }
    };
    let purchase = event.order_id.map(|id| {
        view! {
            <Fact name="Purchase">
                <a href=format!("/orders/{id}")>"See what was bought"</a>
            </Fact>
        }
    });
    let id = event.row.stripe_event_id;
    let id = (!id.is_empty()).then(|| {
        view! {
            <Fact name="Event id">
                <Copyable text=id what="event id"/>
            </Fact>
        }
    });
    let app = event.app.map_or_else(|| "none".into_any(), link);
    view! {
        <Facts>
            <Fact name="Status">
                <Tag tone=words::event(&event.row.status) word=event.row.status/>
                " "
                {event.row.processing}
            </Fact>
            {id}
            {purchase}
            <Fact name="App">{app}</Fact>
            <Fact name="Known because">{source}</Fact>
            <Fact name="API version">{or(event.api_version, "unknown")}</Fact>
            <Fact name="Came">{format::counted(event.receipts, "time")}</Fact>
            <Fact name="Received (UTC)">
                <When at=event.row.received_at now/>
            </Fact>
        </Facts>
    }
}
