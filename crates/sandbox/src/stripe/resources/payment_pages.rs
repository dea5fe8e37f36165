//! `/v1/payment_pages`: what Stripe's own page calls; undocumented, but Stripe's CLI plays it.

use serde_json::json;

use super::{checkout_sessions, payment_methods};
use crate::checkout::pay::{self, Buyer, Outcome};
use crate::stripe::call::Call;
use crate::stripe::error::{Answer, StripeError};

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    let session = call.load(checkout_sessions::KIND)?;
    Ok(json!({
        "id": format!("ppage_1{}", call.tools.dice.letters(23)),
        "object": "checkout.session",
        "session_id": session["id"],
        "amount_total": session["amount_total"],
        "currency": session["currency"],
        "livemode": session["livemode"],
        "mode": session["mode"],
        "payment_method_types": session["payment_method_types"],
        "status": session["status"],
        "success_url": session["success_url"],
    }))
}

pub(crate) fn confirm(call: &mut Call) -> Answer {
    let session = call.load(checkout_sessions::KIND)?;
    let expected = call.param("expected_amount");
    let expected = expected
        .as_str()
        .and_then(|amount| amount.parse::<i64>().ok());
    if expected.is_some_and(|amount| session["amount_total"] != amount) {
        let message = "The expected amount does not match the amount of the Checkout Session.";
        return Err(StripeError::invalid(message)
            .code("checkout_amount_mismatch")
            .param("expected_amount"));
    }
    let Some(id) = call.text("payment_method").map(str::to_owned) else {
        return Err(StripeError::missing_parameter("payment_method"));
    };
    let method = payment_methods::resolve(call, &id)?;
    let outcome = if payment_methods::declines(&method) {
        Outcome::Decline
    } else if payment_methods::fails_later(&method) {
        Outcome::PayLaterThenFail
    } else if payment_methods::is_delayed(&method) {
        Outcome::PayLaterThenSucceed
    } else {
        Outcome::Pay
    };
    let buyer = Buyer {
        email: method["billing_details"]["email"]
            .as_str()
            .map(str::to_owned),
        name: method["billing_details"]["name"]
            .as_str()
            .map(str::to_owned),
        payment_method: Some(id),
    };
    let id = session["id"].as_str().unwrap_or_default().to_owned();
    pay::end(call, &id, outcome, &buyer)
        .map_err(|refusal| StripeError::invalid(&refusal.to_string()))?;
    if matches!(outcome, Outcome::Decline) {
        return Err(StripeError::card_declined());
    }
    retrieve(call)
}
