//! `/v1/payment_methods`: Stripe's test cards and SEPA accounts.

use serde_json::{Value, json};

use super::customers;
use crate::stripe::call::Call;
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::{matches, page};

pub(crate) const KIND: &str = "payment_method";

pub(crate) fn create(call: &mut Call) -> Answer {
    let given = call.params.clone();
    match given["type"].as_str() {
        None => Err(StripeError::missing_parameter("type")),
        Some("card") => {
            let last4 = card_digits(&given["card"])?;
            let method = make_card(call, &last4, &given);
            Ok(call.store(method))
        }
        Some("sepa_debit") => {
            let method = make_sepa(call, &given)?;
            Ok(call.store(method))
        }
        Some(other) => {
            let message = format!("The sandbox does not know the payment method type {other}.");
            Err(StripeError::invalid(&message).param("type"))
        }
    }
}

/// The last four digits of a test token or test number.
fn card_digits(card: &Value) -> Result<String, StripeError> {
    if let Some(token) = card["token"].as_str() {
        return match token {
            "tok_visa" => Ok("4242".to_owned()),
            "tok_mastercard" => Ok("4444".to_owned()),
            "tok_chargeDeclined" | "tok_visa_chargeDeclined" => Ok("0002".to_owned()),
            other => Err(StripeError::missing("token", other, "card[token]")),
        };
    }
    let Some(number) = card["number"].as_str() else {
        return Err(StripeError::missing_parameter("card[number]"));
    };
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 13 {
        return Err(StripeError::invalid("Your card number is incorrect.")
            .code("incorrect_number")
            .param("card[number]"));
    }
    Ok(digits[digits.len() - 4..].to_owned())
}

/// A payment method by its id, or one of Stripe's ready-made ones (`pm_card_visa`).
pub(crate) fn resolve(call: &mut Call, id: &str) -> Answer {
    let last4 = match id {
        "pm_card_visa" => "4242",
        "pm_card_mastercard" => "4444",
        "pm_card_chargeDeclined" | "pm_card_visa_chargeDeclined" => "0002",
        _ => return call.load_by(KIND, id, "payment_method"),
    };
    let method = make_card(call, last4, &Value::Null);
    Ok(call.store(method))
}

/// A card; `given` may carry `billing_details` and `metadata`.
pub(crate) fn make_card(call: &mut Call, last4: &str, given: &Value) -> Value {
    let mut method = make(call, "card", given);
    let brand = if last4 == "4444" {
        "mastercard"
    } else {
        "visa"
    };
    method["card"] = json!({
        "brand": brand,
        "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
        "country": "US",
        "display_brand": brand,
        "exp_month": given["card"]["exp_month"].as_i64().unwrap_or(12),
        "exp_year": given["card"]["exp_year"].as_i64().unwrap_or(2040),
        "fingerprint": "Xt5EWLLDS7FJjR1c",
        "funding": "credit",
        "generated_from": null,
        "last4": last4,
        "networks": { "available": [brand], "preferred": null },
        "regulated_status": "unregulated",
        "three_d_secure_usage": { "supported": true },
        "wallet": null,
    });
    method
}

/// Stripe's test accounts whose debit fails in the end.
const FAILING_IBANS: [&str; 4] = [
    "AT861904300235473202",
    "DE62370400440532013001",
    "FR8420041010050500013M02607",
    "IT60X0542811101000000123456",
];
const FAILING_ACCOUNT: &str = "failingaccount00";

/// True for a delayed method whose money will not come.
pub(crate) fn fails_later(method: &Value) -> bool {
    method["sepa_debit"]["fingerprint"] == FAILING_ACCOUNT
}

fn make_sepa(call: &mut Call, given: &Value) -> Answer {
    let iban = given["sepa_debit"]["iban"].as_str().unwrap_or_default();
    let plain: String = iban.chars().filter(|c| !c.is_whitespace()).collect();
    if !plain.is_ascii() || plain.len() < 15 {
        return Err(StripeError::invalid("The IBAN you entered is invalid.")
            .code("invalid_bank_account_iban")
            .param("sepa_debit[iban]"));
    }
    let fails = FAILING_IBANS.contains(&plain.as_str());
    let mut method = make(call, "sepa_debit", given);
    method["sepa_debit"] = json!({
        "bank_code": plain[4..9],
        "branch_code": "",
        "country": plain[..2],
        "fingerprint": if fails { FAILING_ACCOUNT } else { "vifs0Ho7vwRn1Miu" },
        "generated_from": { "charge": null, "setup_attempt": null },
        "last4": plain[plain.len() - 4..],
    });
    Ok(method)
}

fn make(call: &mut Call, kind: &str, given: &Value) -> Value {
    json!({
        "id": call.tools.id("pm"),
        "object": KIND,
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(&given["billing_details"]),
        "created": call.tools.seconds(),
        "customer": null,
        "customer_account": null,
        "livemode": call.account().livemode,
        "metadata": crate::stripe::call::map_or_empty(&given["metadata"]),
        "type": kind,
    })
}

/// Billing details with every field.
pub(crate) fn billing_details(given: &Value) -> Value {
    json!({
        "address": address(&given["address"]),
        "email": given["email"],
        "name": given["name"],
        "phone": given["phone"],
        "tax_id": null,
    })
}

/// An address with every field.
pub(crate) fn address(given: &Value) -> Value {
    json!({
        "city": given["city"],
        "country": given["country"],
        "line1": given["line1"],
        "line2": given["line2"],
        "postal_code": given["postal_code"],
        "state": given["state"],
    })
}

/// What a charge says of its payment method.
pub(crate) fn details(method: &Value) -> Value {
    if method["type"] == "sepa_debit" {
        let sepa = &method["sepa_debit"];
        return json!({ "sepa_debit": {
            "bank_code": sepa["bank_code"], "branch_code": "", "country": sepa["country"],
            "fingerprint": sepa["fingerprint"], "last4": sepa["last4"], "mandate": null,
        }, "type": "sepa_debit" });
    }
    let card = &method["card"];
    if !card.is_object() {
        return Value::Null;
    }
    json!({ "card": {
        "amount_authorized": null, "authorization_code": null, "brand": card["brand"],
        "checks": card["checks"], "country": "US", "exp_month": card["exp_month"],
        "exp_year": card["exp_year"], "fingerprint": card["fingerprint"], "funding": "credit",
        "installments": null, "last4": card["last4"], "mandate": null, "network": card["brand"],
        "network_token": { "used": false }, "network_transaction_id": null,
        "regulated_status": "unregulated", "three_d_secure": null, "wallet": null,
    }, "type": "card" })
}

/// Stripe's card that is always declined.
pub(crate) fn declines(method: &Value) -> bool {
    method["card"]["last4"] == "0002"
}

/// Methods whose money arrives days later.
pub(crate) fn is_delayed(method: &Value) -> bool {
    method["type"] == "sepa_debit"
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let all = call.account().all(KIND).into_iter().filter(|method| {
        ["customer", "type"]
            .iter()
            .all(|field| matches(&params, field, method))
    });
    let all = all.cloned().collect();
    page(all, &params, "/v1/payment_methods")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    let id = call.id().to_owned();
    call.load_by(KIND, &id, "payment_method")
}

pub(crate) fn attach(call: &mut Call) -> Answer {
    let id = call.id().to_owned();
    let mut method = resolve(call, &id)?;
    let Some(customer) = call.text("customer").map(str::to_owned) else {
        return Err(StripeError::missing_parameter("customer"));
    };
    let customer = call.load_by(customers::KIND, &customer, "customer")?;
    method["customer"] = customer["id"].clone();
    let stored = call.store(method);
    call.emit("payment_method.attached", &stored);
    Ok(stored)
}

pub(crate) fn detach(call: &mut Call) -> Answer {
    let mut method = retrieve(call)?;
    method["customer"] = Value::Null;
    let stored = call.store(method);
    call.emit("payment_method.detached", &stored);
    Ok(stored)
}
