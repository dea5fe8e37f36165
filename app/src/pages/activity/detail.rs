//! One device of one product: when it was seen, its trial, its key, and what it was part of.

use leptos::prelude::*;
use leptos_router::location::Url;

use crate::api::activity::{ChangeTrial, DeviceDetail, load_device};
use crate::format;
use crate::pages::history::History;
use crate::pages::load::{Data, loaded, path_part, query_part};
use crate::pages::words;
use crate::ui::{
    Breakable, Copyable, Fact, Facts, Field, Form, FormAction, PageHead, Pager, Panel,
    SubmitButton, Tag, When,
};

/// A device.
#[component]
pub fn DevicePage() -> impl IntoView {
    let action = FormAction::of::<ChangeTrial>();
    let (product, hardware) = (path_part("product"), path_part("hardware"));
    let (before, moved) = (query_part("before"), action.successes());
    let data = Data::new(
        move || (product.get(), hardware.get(), before.get(), moved.get()),
        |(product, hardware, before, _)| load_device(product, hardware, before),
    );
    view! {
        <div class="page">
            {loaded(
                data,
                move |device| {
                    let is_first = before.get_untracked().is_none();
                    view! { <Body device action is_first/> }.into_any()
                },
            )}
        </div>
    }
}

#[component]
fn Body(device: DeviceDetail, action: FormAction, is_first: bool) -> impl IntoView {
    let here = device.row.href.clone();
    let older = device.older.clone();
    let older = older.map(|older| format!("{here}?before={}", Url::escape(&older)));
    let (history, now) = (device.history.clone(), device.now);
    let trial = device.may_move.then(|| trial(&device, action));
    let purpose = format!("A device that runs {}.", device.row.product_name);
    view! {
        <PageHead title=format::shorten(&device.row.hardware_id) purpose>
            <a class="btn" href="/activity">
                "All devices"
            </a>
        </PageHead>
        <div class="two">
            <div class="stack">
                <Panel title="Facts">{facts(device)}</Panel>
                {trial}
            </div>
            <div class="stack">
                <History changes=history now/>
                <Pager newest=(!is_first).then_some(here) older/>
            </div>
        </div>
    }
}

fn facts(device: DeviceDetail) -> impl IntoView {
    let (row, now) = (device.row, device.now);
    let key = device.license.map(|(href, last_four)| {
        view! {
            <Fact name="Key">
                <a href=href>"…" {last_four}</a>
            </Fact>
        }
    });
    let activated = device.first_activated_at.map(|at| {
        view! {
            <Fact name="First activated (UTC)">
                <When at now/>
            </Fact>
        }
    });
    let trial = if device.first_activated_at.is_some() {
        "Over for good: a key was activated here.".into_any()
    } else {
        view! { <When at=device.trial_ends_at now/> }.into_any()
    };
    view! {
        <Facts>
            <Fact name="Hardware id">
                <Copyable text=row.hardware_id what="hardware id"/>
            </Fact>
            <Fact name="State">
                <Tag tone=words::device(&row.state) word=row.state/>
            </Fact>
            <Fact name="Product">
                <a href=format!("/products/{}", device.product_id)>
                    <Breakable text=row.product_name/>
                </a>
            </Fact>
            {key}
            {activated}
            <Fact name="Trial ends (UTC)">{trial}</Fact>
            <Fact name="First seen (UTC)">
                <When at=row.first_seen_at now/>
            </Fact>
            <Fact name="Last seen (UTC)">
                <When at=row.last_seen_at now/>
            </Fact>
            <Fact name="Contacts">{format::count(device.contacts)}</Fact>
            <Fact name="Version">{row.version}</Fact>
            <Fact name="Address">{row.address}</Fact>
        </Facts>
    }
}

/// Another end for the trial: programs cannot move it, people can.
fn trial(device: &DeviceDetail, action: FormAction) -> impl IntoView + use<> {
    let (product, hardware) = (device.product_id.clone(), device.row.hardware_id.clone());
    let day = format::date(device.trial_ends_at);
    view! {
        <Panel title="Trial">
            <div class="inner">
                <Form action>
                    <input type="hidden" name="product" value=product/>
                    <input type="hidden" name="hardware" value=hardware/>
                    <Field
                        name="trialEndsAt"
                        label="Ends"
                        hint="A day like 2027-01-31, whose last second (UTC) it is, or a time like 2027-01-31T12:00:00Z. One that is past ends the trial."
                        value=day
                    />
                    <div class="form-end">
                        <SubmitButton label="Move the end"/>
                    </div>
                </Form>
            </div>
        </Panel>
    }
}
