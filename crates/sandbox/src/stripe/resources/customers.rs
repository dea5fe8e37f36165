//! `/v1/customers`.

use serde_json::{Value, json};

use super::webhook_endpoints::deleted;
use crate::stripe::call::{Call, map_or_empty};
use crate::stripe::error::Answer;
use crate::stripe::list::{in_range, matches, page};

pub(crate) const KIND: &str = "customer";

pub(crate) fn create(call: &mut Call) -> Answer {
    let given = call.params.clone();
    let customer = make(call, &given);
    let stored = call.store(customer);
    call.emit("customer.created", &stored);
    Ok(stored)
}

/// A customer of the given fields.
pub(crate) fn make(call: &mut Call, given: &Value) -> Value {
    json!({
        "id": format!("cus_{}", call.tools.dice.letters(14)),
        "object": KIND,
        "address": given["address"],
        "balance": 0,
        "created": call.tools.seconds(),
        "currency": null,
        "customer_account": null,
        "default_source": null,
        "delinquent": false,
        "description": given["description"],
        "discount": null,
        "email": given["email"],
        "invoice_prefix": call.tools.dice.letters(8).to_uppercase(),
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null,
            "rendering_options": null,
        },
        "livemode": call.account().livemode,
        "metadata": map_or_empty(&given["metadata"]),
        "name": given["name"],
        "next_invoice_sequence": 1,
        "phone": given["phone"],
        "preferred_locales": given["preferred_locales"].as_array().cloned().unwrap_or_default(),
        "shipping": given["shipping"],
        "tax_exempt": given["tax_exempt"].as_str().unwrap_or("none"),
        "test_clock": null,
    })
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let all = call.account().all(KIND).into_iter().filter(|customer| {
        matches(&params, "email", customer)
            && in_range(
                &params["created"],
                customer["created"].as_i64().unwrap_or(0),
            )
    });
    let all = all.cloned().collect();
    page(all, &params, "/v1/customers")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    call.load(KIND)
}

pub(crate) fn update(call: &mut Call) -> Answer {
    let mut customer = call.load(KIND)?;
    let fields = [
        "address",
        "description",
        "email",
        "name",
        "phone",
        "preferred_locales",
        "shipping",
        "tax_exempt",
    ];
    call.change(&mut customer, &fields);
    let stored = call.store(customer);
    call.emit("customer.updated", &stored);
    Ok(stored)
}

pub(crate) fn delete(call: &mut Call) -> Answer {
    let customer = call.load(KIND)?;
    let id = call.id().to_owned();
    call.account().remove(KIND, &id);
    call.emit("customer.deleted", &customer);
    Ok(deleted(&customer["id"], KIND))
}
