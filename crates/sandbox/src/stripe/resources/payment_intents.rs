//! `/v1/payment_intents`: money on its way, and the steps that it takes.

use serde_json::{Value, json};

use super::{charges, payment_methods, prices};
use crate::stripe::call::{Call, map_or_empty};
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::{in_range, matches, page};

pub(crate) const KIND: &str = "payment_intent";

pub(crate) fn create(call: &mut Call) -> Answer {
    let given = call.params.clone();
    let currency = given["currency"].as_str().unwrap_or_default().to_owned();
    if !prices::is_currency(&currency) {
        let message = format!("Invalid currency: {currency}.");
        return Err(StripeError::invalid(&message).param("currency"));
    }
    let amount = given["amount"].as_i64().unwrap_or(0);
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(StripeError::invalid(message)
            .code("parameter_invalid_integer")
            .param("amount"));
    }
    let mut intent = make(call, &given, amount, &currency);
    if let Some(method) = given["payment_method"].as_str() {
        intent["payment_method"] = payment_methods::resolve(call, method)?["id"].clone();
        intent["status"] = json!("requires_confirmation");
    }
    let stored = call.store(intent);
    call.emit("payment_intent.created", &stored);
    if given["confirm"] == true {
        return charge(call, stored);
    }
    Ok(stored)
}

/// A new intent; `given` may be the call's parameters or a session's `payment_intent_data`.
pub(crate) fn make(call: &mut Call, given: &Value, amount: i64, currency: &str) -> Value {
    let id = format!("pi_3{}", call.tools.dice.letters(23));
    let secret = format!("{id}_secret_{}", call.tools.dice.letters(25));
    let types = given["payment_method_types"].as_array().cloned();
    json!({
        "id": id,
        "object": KIND,
        "allowed_payment_method_types": null,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": { "tip": {} },
        "amount_received": 0,
        "application": null,
        "application_fee_amount": null,
        "automatic_payment_methods": null,
        "canceled_at": null,
        "cancellation_reason": null,
        "capture_method": given["capture_method"].as_str().unwrap_or("automatic_async"),
        "client_secret": secret,
        "confirmation_method": "automatic",
        "created": call.tools.seconds(),
        "currency": currency.to_lowercase(),
        "customer": given["customer"],
        "customer_account": null,
        "description": given["description"],
        "excluded_payment_method_types": null,
        "last_payment_error": null,
        "latest_charge": null,
        "livemode": call.account().livemode,
        "metadata": map_or_empty(&given["metadata"]),
        "next_action": null,
        "on_behalf_of": null,
        "payment_method": null,
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic" } },
        "payment_method_types": types.unwrap_or_else(|| vec![json!("card")]),
        "processing": null,
        "receipt_email": given["receipt_email"],
        "review": null,
        "setup_future_usage": given["setup_future_usage"],
        "shipping": shipping(&given["shipping"]),
        "statement_descriptor": given["statement_descriptor"],
        "statement_descriptor_suffix": given["statement_descriptor_suffix"],
        "status": "requires_payment_method",
        "transfer_data": null,
        "transfer_group": given["transfer_group"],
    })
}

fn shipping(given: &Value) -> Value {
    if !given.is_object() {
        return Value::Null;
    }
    json!({
        "address": payment_methods::address(&given["address"]),
        "carrier": given["carrier"],
        "name": given["name"],
        "phone": given["phone"],
        "tracking_number": given["tracking_number"],
    })
}

/// Charges an intent's payment method, as it is asked for by `confirm`.
fn charge(call: &mut Call, mut intent: Value) -> Answer {
    let Some(id) = intent["payment_method"].as_str().map(str::to_owned) else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";
        return Err(StripeError::invalid(message).code("payment_intent_unexpected_state"));
    };
    let method = call.load_by(payment_methods::KIND, &id, "payment_method")?;
    if payment_methods::declines(&method) {
        fail(call, &mut intent);
        return Err(StripeError::card_declined());
    }
    if payment_methods::is_delayed(&method) {
        process(call, &mut intent);
        return Ok(intent);
    }
    if intent["capture_method"] == "manual" {
        intent["status"] = json!("requires_capture");
        intent["amount_capturable"] = intent["amount"].clone();
        let stored = call.store(intent);
        call.emit("payment_intent.amount_capturable_updated", &stored);
        return Ok(stored);
    }
    succeed(call, &mut intent);
    Ok(intent)
}

/// The money arrived: the intent and its charge succeed, each with its event.
pub(crate) fn succeed(call: &mut Call, intent: &mut Value) {
    let charge = charges::settle(call, intent, "succeeded");
    intent["status"] = json!("succeeded");
    intent["amount_received"] = intent["amount"].clone();
    intent["amount_capturable"] = json!(0);
    intent["processing"] = Value::Null;
    intent["latest_charge"] = charge["id"].clone();
    call.account().put(intent.clone());
    call.emit("charge.succeeded", &charge);
    call.emit("payment_intent.succeeded", intent);
}

/// The money is on its way, and may still not arrive.
pub(crate) fn process(call: &mut Call, intent: &mut Value) {
    let charge = charges::settle(call, intent, "pending");
    intent["status"] = json!("processing");
    intent["latest_charge"] = charge["id"].clone();
    call.account().put(intent.clone());
    call.emit("charge.pending", &charge);
    call.emit("payment_intent.processing", intent);
}

/// The money did not come.
pub(crate) fn fail(call: &mut Call, intent: &mut Value) {
    let charge = charges::settle(call, intent, "failed");
    let method = intent["payment_method"].as_str().map(str::to_owned);
    let method = method.and_then(|id| call.account().get(payment_methods::KIND, &id).cloned());
    intent["last_payment_error"] = json!({
        "charge": charge["id"],
        "code": "card_declined",
        "decline_code": "generic_decline",
        "doc_url": "https://stripe.com/docs/error-codes/card-declined",
        "message": "Your card was declined.",
        "payment_method": method,
        "type": "card_error",
    });
    intent["status"] = json!("requires_payment_method");
    intent["payment_method"] = Value::Null;
    intent["latest_charge"] = charge["id"].clone();
    call.account().put(intent.clone());
    call.emit("charge.failed", &charge);
    call.emit("payment_intent.payment_failed", intent);
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let all = call.account().all(KIND).into_iter().filter(|intent| {
        matches(&params, "customer", intent)
            && in_range(&params["created"], intent["created"].as_i64().unwrap_or(0))
    });
    let all = all.cloned().collect();
    page(all, &params, "/v1/payment_intents")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    let intent = load(call)?;
    let wrong = call
        .text("client_secret")
        .is_some_and(|secret| intent["client_secret"] != secret);
    if wrong {
        let message = "The client_secret provided does not match the client_secret associated with the PaymentIntent.";
        return Err(StripeError::invalid(message).param("client_secret"));
    }
    Ok(intent)
}

fn load(call: &mut Call) -> Answer {
    let id = call.id().to_owned();
    call.load_by(KIND, &id, "intent")
}

pub(crate) fn update(call: &mut Call) -> Answer {
    let mut intent = load(call)?;
    let fields = [
        "amount",
        "currency",
        "customer",
        "description",
        "receipt_email",
        "setup_future_usage",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    ];
    call.change(&mut intent, &fields);
    Ok(call.store(intent))
}

pub(crate) fn confirm(call: &mut Call) -> Answer {
    let mut intent = expect_status(
        call,
        "confirm",
        &["requires_payment_method", "requires_confirmation"],
    )?;
    if let Some(method) = call.text("payment_method").map(str::to_owned) {
        intent["payment_method"] = payment_methods::resolve(call, &method)?["id"].clone();
    }
    charge(call, intent)
}

pub(crate) fn capture(call: &mut Call) -> Answer {
    let mut intent = expect_status(call, "capture", &["requires_capture"])?;
    succeed(call, &mut intent);
    Ok(intent)
}

pub(crate) fn cancel(call: &mut Call) -> Answer {
    let open = [
        "requires_payment_method",
        "requires_confirmation",
        "requires_capture",
        "processing",
    ];
    let mut intent = expect_status(call, "cancel", &open)?;
    intent["status"] = json!("canceled");
    intent["canceled_at"] = json!(call.tools.seconds());
    intent["cancellation_reason"] = call.param("cancellation_reason");
    let stored = call.store(intent);
    call.emit("payment_intent.canceled", &stored);
    Ok(stored)
}

fn expect_status(call: &mut Call, verb: &str, allowed: &[&str]) -> Answer {
    let intent = load(call)?;
    let status = intent["status"].as_str().unwrap_or_default();
    if allowed.contains(&status) {
        return Ok(intent);
    }
    let message = format!(
        "You cannot {verb} this PaymentIntent because it has a status of {status}. Only a PaymentIntent with one of the following statuses may be used: {}.",
        allowed.join(", ")
    );
    Err(StripeError::invalid(&message).code("payment_intent_unexpected_state"))
}
