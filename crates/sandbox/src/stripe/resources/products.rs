//! `/v1/products`.

use serde_json::{Value, json};

use super::prices;
use super::webhook_endpoints::deleted;
use crate::stripe::call::{Call, map_or_empty};
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::{in_range, matches, page};

pub(crate) const KIND: &str = "product";

pub(crate) fn create(call: &mut Call) -> Answer {
    let given = call.params.clone();
    let mut product = make(call, &given);
    if let Some(id) = call.text("id") {
        product["id"] = json!(id);
    }
    let stored = call.store(product);
    call.emit("product.created", &stored);
    let default = call.param("default_price_data");
    if default.is_null() {
        return Ok(stored);
    }
    let mut product = stored;
    let price = prices::make(call, &default, &product["id"]);
    product["default_price"] = price["id"].clone();
    call.store(price);
    Ok(call.store(product))
}

/// A product of `product_data` or of the call's parameters.
pub(crate) fn make(call: &mut Call, given: &Value) -> Value {
    let now = call.tools.seconds();
    json!({
        "id": format!("prod_{}", call.tools.dice.letters(14)),
        "object": KIND,
        "active": given["active"].as_bool().unwrap_or(true),
        "created": now,
        "default_price": null,
        "description": given["description"],
        "images": given["images"].as_array().cloned().unwrap_or_default(),
        "livemode": call.account().livemode,
        "marketing_features": given["marketing_features"].as_array().cloned().unwrap_or_default(),
        "metadata": map_or_empty(&given["metadata"]),
        "name": given["name"],
        "package_dimensions": given["package_dimensions"],
        "shippable": given["shippable"],
        "statement_descriptor": given["statement_descriptor"],
        "tax_code": given["tax_code"],
        "type": "service",
        "unit_label": given["unit_label"],
        "updated": now,
        "url": given["url"],
    })
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let all = call.account().all(KIND).into_iter().filter(|product| {
        matches(&params, "active", product)
            && in_range(&params["created"], product["created"].as_i64().unwrap_or(0))
            && params["ids"]
                .as_array()
                .is_none_or(|ids| ids.contains(&product["id"]))
    });
    let all = all.cloned().collect();
    page(all, &params, "/v1/products")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    call.load(KIND)
}

pub(crate) fn update(call: &mut Call) -> Answer {
    let mut product = call.load(KIND)?;
    let fields = [
        "active",
        "default_price",
        "description",
        "images",
        "name",
        "shippable",
        "statement_descriptor",
        "tax_code",
        "unit_label",
        "url",
    ];
    call.change(&mut product, &fields);
    product["updated"] = json!(call.tools.seconds());
    let stored = call.store(product);
    call.emit("product.updated", &stored);
    Ok(stored)
}

pub(crate) fn delete(call: &mut Call) -> Answer {
    let product = call.load(KIND)?;
    let used = call
        .account()
        .all(prices::KIND)
        .iter()
        .any(|price| price["product"] == product["id"]);
    if used {
        let message =
            "This product cannot be deleted because it has one or more user-created prices.";
        return Err(StripeError::invalid(message));
    }
    let id = call.id().to_owned();
    call.account().remove(KIND, &id);
    call.emit("product.deleted", &product);
    Ok(deleted(&product["id"], KIND))
}
