//! `/v1/refunds`: money given back, wholly or in part.

use serde_json::{Value, json};

use super::{charges, payment_intents};
use crate::stripe::call::Call;
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::{in_range, matches, page};

const KIND: &str = "refund";

pub(crate) fn create(call: &mut Call) -> Answer {
    let mut charge = charge_of(call)?;
    let amount = charge["amount"].as_i64().unwrap_or(0);
    let before = charge["amount_refunded"].as_i64().unwrap_or(0);
    let refunded = call.params["amount"].as_i64().unwrap_or(amount - before);
    if before >= amount {
        let message = format!(
            "Charge {} has already been refunded.",
            charge["id"].as_str().unwrap_or_default()
        );
        return Err(StripeError::invalid(&message).code("charge_already_refunded"));
    }
    if refunded < 1 || refunded > amount - before {
        let message = "Refund amount is greater than unrefunded amount on charge";
        return Err(StripeError::invalid(message).param("amount"));
    }
    let refund = json!({
        "id": format!("re_3{}", call.tools.dice.letters(23)),
        "object": KIND,
        "amount": refunded,
        "balance_transaction": null,
        "charge": charge["id"],
        "created": call.tools.seconds(),
        "currency": charge["currency"],
        "destination_details": { "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" }, "type": "card" },
        "metadata": call.map("metadata"),
        "payment_intent": charge["payment_intent"],
        "reason": call.param("reason"),
        "receipt_number": null,
        "source_transfer_reversal": null,
        "status": "succeeded",
        "transfer_reversal": null,
    });
    charge["amount_refunded"] = json!(before + refunded);
    charge["refunded"] = json!(before + refunded == amount);
    call.account().put(charge.clone());
    let stored = call.store(refund);
    call.emit("refund.created", &stored);
    call.emit("charge.refunded", &charge);
    Ok(stored)
}

fn charge_of(call: &mut Call) -> Answer {
    if let Some(id) = call.text("charge").map(str::to_owned) {
        return call.load_by(charges::KIND, &id, "charge");
    }
    let Some(id) = call.text("payment_intent").map(str::to_owned) else {
        return Err(StripeError::missing_parameter("charge"));
    };
    let intent = call.load_by(payment_intents::KIND, &id, "payment_intent")?;
    let taken = intent["status"] == "succeeded";
    if let Some(charge) = intent["latest_charge"].as_str().filter(|_| taken) {
        return call.load_by(charges::KIND, charge, "charge");
    }
    let message = format!("This PaymentIntent ({id}) does not have a successful charge to refund.");
    Err(StripeError::invalid(&message).param("payment_intent"))
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let all = call.account().all(KIND).into_iter().filter(|refund| {
        ["charge", "payment_intent"]
            .iter()
            .all(|field| matches(&params, field, refund))
            && in_range(&params["created"], refund["created"].as_i64().unwrap_or(0))
    });
    let all: Vec<Value> = all.cloned().collect();
    page(all, &params, "/v1/refunds")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    call.load(KIND)
}
