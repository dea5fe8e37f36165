//! The line items of a session: prices looked up or made, amounts added.

use serde_json::{Value, json};

use super::{prices, products};
use crate::stripe::call::Call;
use crate::stripe::error::StripeError;

/// Line items with what they come to.
pub(crate) struct Lines {
    pub items: Vec<Value>,
    /// Minor units.
    pub total: i64,
    pub currency: String,
}

/// Makes the line items of a call.
pub(crate) fn make(call: &mut Call) -> Result<Lines, StripeError> {
    let given = call.param("line_items");
    let given = given.as_array().cloned().unwrap_or_default();
    if given.is_empty() {
        return Err(StripeError::missing_parameter("line_items"));
    }
    let recurring_allowed = call.text("mode") == Some("subscription");
    let mut items = Vec::new();
    let mut currency = String::new();
    let mut total: i64 = 0;
    for (position, line) in given.iter().enumerate() {
        let path = format!("line_items[{position}]");
        let price = price_of(call, line, &path)?;
        if price["recurring"].is_object() && !recurring_allowed {
            let message = "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.";
            return Err(StripeError::invalid(message).param("mode"));
        }
        let quantity = quantity_of(line, &path)?;
        let own = price["currency"].as_str().unwrap_or_default().to_owned();
        if !currency.is_empty() && currency != own {
            let message = "All prices on a Checkout session must have the same currency";
            return Err(StripeError::invalid(message).param(&path));
        }
        currency = own;
        let amount = price["unit_amount"]
            .as_i64()
            .unwrap_or(0)
            .saturating_mul(quantity);
        total = total.saturating_add(amount);
        items.push(item(call, &price, quantity, amount));
    }
    if recurring_allowed
        && !items
            .iter()
            .any(|item| item["price"]["recurring"].is_object())
    {
        let message = "You must provide at least one recurring price in `subscription` mode when using prices.";
        return Err(StripeError::invalid(message).param("mode"));
    }
    let lines = Lines {
        items,
        total,
        currency,
    };
    check_total(&lines)?;
    Ok(lines)
}

fn quantity_of(line: &Value, path: &str) -> Result<i64, StripeError> {
    match line["quantity"].as_i64() {
        Some(quantity @ 1..=999_999) => Ok(quantity),
        Some(quantity) if quantity < 1 => Err(StripeError::invalid(
            "This value must be greater than or equal to 1.",
        )
        .code("parameter_invalid_integer")
        .param(&format!("{path}[quantity]"))),
        Some(_) => Err(StripeError::invalid("Quantity cannot exceed 999999")
            .code("parameter_invalid_integer")
            .param(&format!("{path}[quantity]"))),
        None => {
            let message = format!("Quantity is required. Add `quantity` to `{path}`");
            Err(StripeError::invalid(&message))
        }
    }
}

fn price_of(call: &mut Call, line: &Value, path: &str) -> Result<Value, StripeError> {
    if let Some(id) = line["price"].as_str() {
        let price = call.load_by(prices::KIND, id, &format!("{path}[price]"))?;
        if price["active"] == false {
            let message = "The price specified is inactive. This field only accepts active prices.";
            return Err(StripeError::invalid(message).param(&format!("{path}[price]")));
        }
        return Ok(price);
    }
    let data = &line["price_data"];
    let path = format!("{path}[price_data]");
    if !data.is_object() {
        return Err(StripeError::missing_parameter(&path));
    }
    prices::check(data, &path)?;
    let product = if let Some(id) = data["product"].as_str() {
        call.load_by(products::KIND, id, &format!("{path}[product]"))?
    } else if data["product_data"].is_object() {
        // What is described in passing is kept, but not offered again.
        let mut product = products::make(call, &data["product_data"]);
        product["active"] = json!(false);
        call.store(product)
    } else {
        return Err(StripeError::missing_parameter(&format!("{path}[product]")));
    };
    let mut price = prices::make(call, data, &product["id"]);
    price["active"] = json!(false);
    Ok(call.store(price))
}

fn item(call: &mut Call, price: &Value, quantity: i64, amount: i64) -> Value {
    let product = price["product"].as_str().unwrap_or_default().to_owned();
    let name = call
        .account()
        .get(products::KIND, &product)
        .map(|product| product["name"].clone());
    json!({
        "id": call.tools.id("li"),
        "object": "item",
        "adjustable_quantity": null,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": name,
        "metadata": {},
        "price": price,
        "quantity": quantity,
    })
}

/// Stripe charges nothing between zero and about half a dollar, and at most eight digits.
fn check_total(lines: &Lines) -> Result<(), StripeError> {
    let minor_units = match lines.currency.as_str() {
        "jpy" | "krw" | "vnd" | "clp" | "pyg" | "ugx" | "xaf" | "xof" | "xpf" | "bif" | "djf"
        | "gnf" | "kmf" | "mga" | "rwf" | "vuv" => 1,
        _ => 30,
    };
    if lines.total > 0 && lines.total < minor_units {
        let message = "The Checkout Session's total amount due must add up to at least the minimum charge amount.";
        return Err(StripeError::invalid(message).code("amount_too_small"));
    }
    if lines.total > 99_999_999 {
        let message = "The Checkout Session's total amount must be no more than 999,999.99.";
        return Err(StripeError::invalid(message).code("amount_too_large"));
    }
    Ok(())
}
