//! A product for whoever may look but not change it.

use leptos::prelude::*;

use super::edit::REFUND_POLICIES;
use super::mail::mail_view;
use crate::api::products::ProductPage as Page;
use crate::form_texts::FormTexts;
use crate::pages::words;
use crate::ui::{Fact, Facts, Panel};

/// What is sold, for how long, and the mail that delivers it.
pub fn product_facts(data: Page) -> AnyView {
    let form = &data.form;
    let (product, licence, mail) = (product(form), licence(form), template(form));
    view! {
        <div class="two">
            <Panel title="Product">
                <Facts>{product}</Facts>
            </Panel>
            <Panel title="Licence">
                <Facts>{licence}</Facts>
            </Panel>
        </div>
        <div class="two">
            <Panel title="Mail">{mail}</Panel>
            <Panel title="Preview">{mail_view(data.preview)}</Panel>
        </div>
    }
    .into_any()
}

fn product(form: &FormTexts) -> AnyView {
    let price = format!("{} {}", form.get("price"), form.get("currency"));
    let state = if form.is_ticked("isActive") {
        "on sale"
    } else {
        "not sold"
    };
    [
        ("State", state.to_owned()),
        ("Price", price),
        ("Newest version", or(form.get("version"), "not told")),
        ("Description", or(form.get("description"), "none")),
    ]
    .map(fact)
    .into_any()
}

fn licence(form: &FormTexts) -> AnyView {
    let length = words::days(number(form.get("defaultLicenseDays")));
    let trial = match number(form.get("trialDays")) {
        0 => "none".to_owned(),
        days => words::days(days),
    };
    let older = if form.is_ticked("enforceVersionCheck") {
        "are refused"
    } else {
        "are served"
    };
    let quantity = if form.is_ticked("seatsFromQuantity") {
        "seats of one key"
    } else {
        "as many keys"
    };
    let wait = match form.get("deactivationCooldownHours") {
        "" => "none".to_owned(),
        hours => format!("{hours} hours"),
    };
    let policy = form.get("refundPolicy");
    let refund = REFUND_POLICIES.iter().find(|(word, _)| *word == policy);
    let refund = refund.map_or(policy, |(_, label)| *label);
    [
        ("Length", length),
        ("Trial", trial),
        ("Seats per key", or(form.get("maxSeats"), "one device")),
        ("Quantity is", quantity.to_owned()),
        ("Features", or(form.get("features"), "none")),
        (
            "Oldest version",
            or(form.get("minimumRequiredVersion"), "any"),
        ),
        ("Older versions", older.to_owned()),
        ("Between deactivations", wait),
        (
            "A full refund",
            format!("{refund}. Noted for later: refunds in Stripe are not read yet."),
        ),
    ]
    .map(fact)
    .into_any()
}

fn template(form: &FormTexts) -> AnyView {
    let automatic = if form.is_ticked("sendPurchaseEmail") {
        "on"
    } else {
        "off"
    };
    let body = form.get("emailTemplate").to_owned();
    let body = (!body.is_empty()).then(|| view! { <pre class="letter small">{body}</pre> });
    let text = body.is_none().then_some("the standard text");
    let text = text.map(|text| fact(("Email Template", text.to_owned())));
    let subject = or(form.get("emailSubject"), "the standard subject");
    view! {
        <Facts>
            {fact(("Auto Email", automatic.to_owned()))}
            {fact(("Subject", subject))}
            {text}
        </Facts>
        {body}
    }
    .into_any()
}

fn fact((name, value): (&'static str, String)) -> AnyView {
    view! { <Fact name>{value}</Fact> }.into_any()
}

fn or(value: &str, otherwise: &str) -> String {
    let said = if value.is_empty() { otherwise } else { value };
    said.to_owned()
}

fn number(value: &str) -> i32 {
    value.parse().unwrap_or_default()
}
