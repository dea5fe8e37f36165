//! `/v1/checkout/sessions`: what is to be paid, and the page where it is paid.

use serde_json::{Value, json};

use super::{session_lines, session_shape};
use crate::stripe::call::Call;
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::{in_range, matches, page};

pub(crate) const KIND: &str = "checkout.session";

pub(crate) fn create(call: &mut Call) -> Answer {
    check(call)?;
    let lines = session_lines::make(call)?;
    let session = session_shape::make(call, &lines);
    let id = session["id"].as_str().unwrap_or_default().to_owned();
    let intent_data = call.param("payment_intent_data");
    let account = call.account();
    account.line_items.insert(id.clone(), lines.items);
    account.intent_data.insert(id, intent_data);
    Ok(call.store(session))
}

fn check(call: &mut Call) -> Result<(), StripeError> {
    let Some(mode) = call.text("mode").map(str::to_owned) else {
        return Err(StripeError::missing_parameter("mode"));
    };
    if mode == "setup" {
        return Err(StripeError::invalid(
            "The sandbox sells in `payment` and `subscription` mode only.",
        )
        .param("mode"));
    }
    if mode == "subscription" && call.params["payment_intent_data"].is_object() {
        let message = "You can not pass `payment_intent_data` in `subscription` mode.";
        return Err(StripeError::invalid(message).param("payment_intent_data"));
    }
    if mode == "payment" && call.params["subscription_data"].is_object() {
        let message = "You can not pass `subscription_data` in `payment` mode.";
        return Err(StripeError::invalid(message).param("subscription_data"));
    }
    if call
        .text("ui_mode")
        .is_none_or(|mode| mode == "hosted_page")
    {
        if call.text("success_url").is_none() {
            return Err(StripeError::missing_parameter("success_url"));
        }
        check_url(call, "success_url")?;
        check_url(call, "cancel_url")?;
    }
    check_email(call)?;
    check_expiry(call)?;
    if let Some(customer) = call.text("customer").map(str::to_owned) {
        call.load_by("customer", &customer, "customer")?;
    }
    Ok(())
}

fn check_url(call: &Call, name: &str) -> Result<(), StripeError> {
    let Some(url) = call.text(name) else {
        return Ok(());
    };
    let plain = url.replace(['{', '}'], "");
    let scheme = plain.split("://").next().unwrap_or_default();
    let is_url = plain.contains("://")
        && !scheme.is_empty()
        && (!scheme.starts_with("http") || reqwest::Url::parse(&plain).is_ok());
    if is_url {
        return Ok(());
    }
    Err(StripeError::invalid("Not a valid URL")
        .code("url_invalid")
        .param(name))
}

fn check_email(call: &Call) -> Result<(), StripeError> {
    let Some(email) = call.text("customer_email") else {
        return Ok(());
    };
    if call.text("customer").is_some() {
        let message = "You may only specify one of these parameters: customer, customer_email.";
        return Err(StripeError::invalid(message).param("customer_email"));
    }
    let well_formed = email.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !email.contains(char::is_whitespace)
    });
    if well_formed {
        return Ok(());
    }
    let message = format!("Invalid email address: {email}");
    Err(StripeError::invalid(&message)
        .code("email_invalid")
        .param("customer_email"))
}

fn check_expiry(call: &Call) -> Result<(), StripeError> {
    let Some(at) = call.params["expires_at"].as_i64() else {
        return Ok(());
    };
    let seconds = at.saturating_sub(call.tools.seconds());
    if (30 * 60..=24 * 3600 + 60).contains(&seconds) {
        return Ok(());
    }
    let message = "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.";
    Err(StripeError::invalid(message).param("expires_at"))
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let email = params["customer_details"]["email"].clone();
    let all = call.account().all(KIND).into_iter().filter(|session| {
        ["customer", "payment_intent", "status", "subscription"]
            .iter()
            .all(|field| matches(&params, field, session))
            && (email.is_null() || session["customer_details"]["email"] == email)
            && in_range(&params["created"], session["created"].as_i64().unwrap_or(0))
    });
    let all = all.cloned().collect();
    page(all, &params, "/v1/checkout/sessions")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    call.load(KIND)
}

pub(crate) fn update(call: &mut Call) -> Answer {
    let mut session = call.load(KIND)?;
    call.change(&mut session, &["collected_information", "shipping_options"]);
    Ok(call.store(session))
}

pub(crate) fn line_items(call: &mut Call) -> Answer {
    let session = call.load(KIND)?;
    let id = session["id"].as_str().unwrap_or_default().to_owned();
    let mut items = call
        .account()
        .line_items
        .get(&id)
        .cloned()
        .unwrap_or_default();
    // Lines stand in the order of the purchase, where other lists begin with the newest.
    items.reverse();
    let url = format!("/v1/checkout/sessions/{id}/line_items");
    page(items, &call.params, &url)
}

pub(crate) fn expire(call: &mut Call) -> Answer {
    let mut session = call.load(KIND)?;
    if session["status"] != "open" {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
            session["status"].as_str().unwrap_or_default()
        );
        return Err(StripeError::invalid(&message));
    }
    session["status"] = json!("expired");
    session["url"] = Value::Null;
    let stored = call.store(session);
    call.emit("checkout.session.expired", &stored);
    Ok(stored)
}
