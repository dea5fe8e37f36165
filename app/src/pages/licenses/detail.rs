//! One key: what it is worth, and what happened to it.

use leptos::prelude::*;

use super::acts::{self, Acts};
use super::devices;
use crate::api::licenses::{LicenseDetail, load_license};
use crate::format;
use crate::pages::history::History;
use crate::pages::load::{Data, loaded, path_part, query_part};
use crate::pages::words;
use crate::ui::{Copyable, Fact, Facts, PageHead, Pager, Panel, Tag, When};

/// A key.
#[component]
pub fn LicensePage() -> impl IntoView {
    let acts = Acts::new();
    let id = path_part("id");
    let successes = acts.successes();
    let after = query_part("devices");
    let data = Data::new(
        move || (id.get(), after.get(), successes()),
        |(id, after, _)| load_license(id, after),
    );
    view! {
        <div class="page">
            {loaded(
                data,
                move |license| {
                    let is_first = after.get_untracked().is_none();
                    let pager = more_devices(&license, is_first).into_any();
                    view! { <Body license acts pager/> }.into_any()
                },
            )}
        </div>
    }
}

#[component]
fn Body(license: LicenseDetail, acts: Acts, pager: AnyView) -> impl IntoView {
    let row = license.row.clone();
    let (history, now) = (license.history.clone(), license.now);
    let list = devices::list(&license, &acts);
    let (outcome, deactivated) = (
        acts::state_outcome(&license, &acts),
        devices::outcome(&license, &acts),
    );
    let (send, manage) = (acts::send(&license, &acts), acts::manage(&license, &acts));
    let offline = acts::offline_code(&license, &acts);
    let about = ("license", row.id.to_string());
    let has_acts = license.may_send || license.may_manage;
    let acts = has_acts.then(|| view! { <div class="stack">{send} {manage}</div> });
    view! {
        <PageHead title=row.activation_key.clone() purpose=format!("A key for {}.", row.product_name)/>
        {outcome}
        {deactivated}
        <div class=if has_acts { "two" } else { "stack" }>
            <div class="stack">
                <Panel title="Facts">{facts(license)}</Panel>
                <Panel title="Devices">{list} {pager}</Panel>
                {offline}
                <History changes=history now about/>
            </div>
            {acts}
        </div>
    }
}

/// On to the devices whose activation is older.
fn more_devices(license: &LicenseDetail, is_first: bool) -> impl IntoView + use<> {
    let here = format!("/licenses/{}", license.row.id);
    let next = license.next_devices.as_ref();
    let older = next.map(|next| format!("{here}?devices={next}"));
    view! { <Pager newest=(!is_first).then_some(here) older/> }
}

fn facts(license: LicenseDetail) -> impl IntoView {
    let (row, now) = (license.row, license.now);
    let (tone, mode) = words::mode(license.livemode);
    let customer = if row.email.is_empty() {
        "nobody yet".to_owned()
    } else {
        row.email
    };
    let seats = license.max_seats.map_or_else(
        || "one device".to_owned(),
        |seats| {
            format!(
                "{} of {} taken",
                license.seats_used,
                format::count(i64::from(seats))
            )
        },
    );
    let ends = if row.expires_at.is_perpetual() {
        "Perpetual".into_any()
    } else {
        view! { <When at=row.expires_at now/> }.into_any()
    };
    let purchase = license.order_id.map(|id| {
        view! {
            <Fact name="Purchase">
                <a href=format!("/orders/{id}")>"See what was bought"</a>
            </Fact>
        }
    });
    let plan = license.plan.map(|(id, name)| {
        view! {
            <Fact name="Plan">
                <a href=format!("/plans/{id}")>{name}</a>
            </Fact>
        }
    });
    let company = (!license.corporate_name.is_empty()).then(|| {
        view! { <Fact name="Company">{license.corporate_name}</Fact> }
    });
    let features = (!license.features.is_empty()).then(|| {
        view! { <Fact name="Own features">{license.features}</Fact> }
    });
    let note = (!license.note.is_empty()).then(|| {
        view! {
            <Fact name="Note">
                <span class="lines">{license.note}</span>
            </Fact>
        }
    });
    view! {
        <Facts>
            <Fact name="Key">
                <Copyable text=row.activation_key what="key"/>
            </Fact>
            <Fact name="State">
                <Tag tone=words::license(&row.state) word=row.state/>
            </Fact>
            <Fact name="Mode">
                <Tag tone word=mode/>
            </Fact>
            <Fact name="Product">
                <a href=format!("/products/{}", license.product_id)>{row.product_name}</a>
            </Fact>
            {plan}
            <Fact name="Customer">{customer}</Fact>
            {company}
            <Fact name="Expires (UTC)">{ends}</Fact>
            <Fact name="Seats">{seats}</Fact>
            <Fact name="Issued (UTC)">
                <When at=row.created_at now/>
            </Fact>
            {purchase}
            {features}
            {note}
        </Facts>
    }
}
