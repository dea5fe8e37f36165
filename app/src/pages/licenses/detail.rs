//! One key: what it is worth, and what happened to it.

use leptos::prelude::*;

use crate::api::licenses::{LicenseDetail, load_license};
use crate::format;
use crate::pages::history::History;
use crate::pages::load::{Data, loaded, path_part};
use crate::pages::words;
use crate::ui::{Copyable, Fact, Facts, PageHead, Panel, Tag, When};

/// A key.
#[component]
pub fn LicensePage() -> impl IntoView {
    let id = path_part("id");
    let data = Data::new(move || id.get(), load_license);
    view! {
        <div class="page">{loaded(data, |license| view! { <Body license/> }.into_any())}</div>
    }
}

#[component]
fn Body(license: LicenseDetail) -> impl IntoView {
    let row = license.row.clone();
    let (history, now) = (license.history.clone(), license.now);
    view! {
        <PageHead title=row.activation_key.clone() purpose=format!("A key for {}.", row.product_name)/>
        <div class="two">
            <Panel title="Facts">{facts(license)}</Panel>
            <History changes=history now/>
        </div>
    }
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
    let note = (!license.note.is_empty()).then(|| {
        view! { <Fact name="Note">{license.note}</Fact> }
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
            <Fact name="Product">{row.product_name}</Fact>
            <Fact name="Customer">{customer}</Fact>
            <Fact name="Ends (UTC)">{ends}</Fact>
            <Fact name="Seats">{seats}</Fact>
            <Fact name="Issued (UTC)">
                <When at=row.created_at now/>
            </Fact>
            {purchase}
            {note}
        </Facts>
    }
}
