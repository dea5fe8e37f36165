//! A product for whoever may look but not change it.

use domain::product::ProductForm;
use leptos::prelude::*;

use super::mail::mail_view;
use crate::api::products::ProductPage as Page;
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

fn product(form: &ProductForm) -> AnyView {
    let price = format!(
        "{} {}",
        said(form.price.as_ref()),
        said(form.currency.as_ref())
    );
    let state = if is_yes(form.is_active.as_ref()) {
        "on sale"
    } else {
        "not sold"
    };
    [
        ("State", state.to_owned()),
        ("Price", price),
        ("Newest version", or(form.version.as_ref(), "not told")),
        ("Description", or(form.description.as_ref(), "none")),
    ]
    .map(fact)
    .into_any()
}

fn licence(form: &ProductForm) -> AnyView {
    let length = words::days(number(form.default_license_days.as_ref()));
    let trial = match number(form.trial_days.as_ref()) {
        0 => "none".to_owned(),
        days => words::days(days),
    };
    let older = if is_yes(form.enforce_version_check.as_ref()) {
        "are refused"
    } else {
        "are served"
    };
    let quantity = if is_yes(form.seats_from_quantity.as_ref()) {
        "seats of one key"
    } else {
        "as many keys"
    };
    let wait = match said(form.deactivation_cooldown_hours.as_ref()) {
        "" => "none".to_owned(),
        hours => format!("{hours} hours"),
    };
    [
        ("Length", length),
        ("Trial", trial),
        ("Seats per key", or(form.max_seats.as_ref(), "one device")),
        ("Quantity is", quantity.to_owned()),
        ("Features", or(form.features.as_ref(), "none")),
        (
            "Oldest version",
            or(form.minimum_required_version.as_ref(), "any"),
        ),
        ("Older versions", older.to_owned()),
        ("Between deactivations", wait),
    ]
    .map(fact)
    .into_any()
}

fn template(form: &ProductForm) -> AnyView {
    let automatic = if is_yes(form.send_purchase_email.as_ref()) {
        "on"
    } else {
        "off"
    };
    let body = said(form.email_template.as_ref()).to_owned();
    let body = (!body.is_empty()).then(|| view! { <pre class="letter small">{body}</pre> });
    let text = body.is_none().then_some("the standard text");
    let text = text.map(|text| fact(("Email Template", text.to_owned())));
    let subject = or(form.email_subject.as_ref(), "the standard subject");
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

fn said(value: Option<&String>) -> &str {
    value.map_or("", String::as_str)
}

fn or(value: Option<&String>, otherwise: &str) -> String {
    match said(value) {
        "" => otherwise.to_owned(),
        value => value.to_owned(),
    }
}

fn number(value: Option<&String>) -> i32 {
    said(value).parse().unwrap_or_default()
}

fn is_yes(value: Option<&String>) -> bool {
    said(value) == "true"
}
