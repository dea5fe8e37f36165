//! `/v1/charges`: the attempts to take an intent's money.

use serde_json::{Value, json};

use super::payment_methods;
use crate::stripe::call::Call;
use crate::stripe::error::Answer;
use crate::stripe::list::{in_range, matches, page};

pub(crate) const KIND: &str = "charge";

/// Puts an intent's charge into a status: `succeeded`, `pending` or `failed`.
pub(crate) fn settle(call: &mut Call, intent: &Value, status: &str) -> Value {
    let known = intent["latest_charge"].as_str().map(str::to_owned);
    let known = known.and_then(|id| call.account().get(KIND, &id).cloned());
    let mut charge = match known {
        Some(charge) if charge["status"] == "pending" => charge,
        _ => make(call, intent),
    };
    let taken = status == "succeeded";
    charge["status"] = json!(status);
    charge["paid"] = json!(taken);
    charge["captured"] = json!(taken);
    charge["amount_captured"] = if taken {
        intent["amount"].clone()
    } else {
        json!(0)
    };
    charge["outcome"] = outcome(status);
    if status == "failed" {
        charge["failure_code"] = json!("card_declined");
        charge["failure_message"] = json!("Your card was declined.");
    }
    call.account().put(charge.clone());
    charge
}

fn outcome(status: &str) -> Value {
    let (network, message, kind) = if status == "failed" {
        (
            "declined_by_network",
            "The bank did not return any further details with this decline.",
            "issuer_declined",
        )
    } else {
        ("approved_by_network", "Payment complete.", "authorized")
    };
    json!({
        "advice_code": null,
        "network_advice_code": null,
        "network_decline_code": null,
        "network_status": network,
        "reason": null,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": message,
        "type": kind,
    })
}

fn make(call: &mut Call, intent: &Value) -> Value {
    let method = intent["payment_method"].as_str().map(str::to_owned);
    let method = method.and_then(|id| call.account().get(payment_methods::KIND, &id).cloned());
    let method = method.unwrap_or_default();
    json!({
        "id": format!("ch_3{}", call.tools.dice.letters(23)),
        "object": KIND,
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": null,
        "billing_details": payment_methods::billing_details(&method["billing_details"]),
        "calculated_statement_descriptor": "SANDBOX",
        "captured": false,
        "created": call.tools.seconds(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": null,
        "failure_message": null,
        "fraud_details": {},
        "livemode": intent["livemode"],
        "metadata": intent["metadata"],
        "on_behalf_of": null,
        "outcome": null,
        "paid": false,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": payment_methods::details(&method),
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": null,
        "receipt_url": null,
        "refunded": false,
        "review": null,
        "shipping": intent["shipping"],
        "source_transfer": null,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": null,
        "transfer_group": intent["transfer_group"],
    })
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let all = call.account().all(KIND).into_iter().filter(|charge| {
        ["customer", "payment_intent"]
            .iter()
            .all(|field| matches(&params, field, charge))
            && in_range(&params["created"], charge["created"].as_i64().unwrap_or(0))
    });
    let all = all.cloned().collect();
    page(all, &params, "/v1/charges")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    let id = call.id().to_owned();
    call.load_by(KIND, &id, "charge")
}
