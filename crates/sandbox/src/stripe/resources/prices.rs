//! `/v1/prices`.

use serde_json::{Value, json};

use super::products;
use crate::stripe::call::{Call, map_or_empty};
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::{in_range, matches, page};

pub(crate) const KIND: &str = "price";

pub(crate) fn create(call: &mut Call) -> Answer {
    let given = call.params.clone();
    check(&given, "")?;
    let product = if given["product_data"].is_object() {
        let product = products::make(call, &given["product_data"]);
        call.store(product)
    } else {
        let Some(id) = given["product"].as_str() else {
            return Err(StripeError::missing_parameter("product"));
        };
        call.load_by(products::KIND, id, "product")?
    };
    let price = make(call, &given, &product["id"]);
    let stored = call.store(price);
    call.emit("price.created", &stored);
    Ok(stored)
}

/// Currency and amount, as for `price_data` too; `path` is where they stand.
pub(crate) fn check(given: &Value, path: &str) -> Result<(), StripeError> {
    let named = |field: &str| {
        if path.is_empty() {
            field.to_owned()
        } else {
            format!("{path}[{field}]")
        }
    };
    let currency = given["currency"].as_str().unwrap_or_default();
    if !is_currency(currency) {
        let message = format!(
            "Invalid currency: {currency}. Stripe currently supports these currencies: usd, eur, gbp, …"
        );
        return Err(StripeError::invalid(&message).param(&named("currency")));
    }
    let amount = given["unit_amount"].as_i64();
    if amount.is_some_and(|amount| amount < 0) {
        return Err(StripeError::invalid("Invalid non-negative integer")
            .code("parameter_invalid_integer")
            .param(&named("unit_amount")));
    }
    let priced = amount.is_some()
        || given["unit_amount_decimal"].is_string()
        || given["custom_unit_amount"].is_object()
        || given["tiers"].is_array();
    if !priced {
        return Err(StripeError::missing_parameter(&named("unit_amount")));
    }
    Ok(())
}

/// Stripe's presentment currencies.
pub(crate) fn is_currency(code: &str) -> bool {
    const CODES: &str = "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw";
    code.len() == 3 && CODES.split(' ').any(|known| known == code.to_lowercase())
}

/// A price of `price_data` or of the call's parameters.
pub(crate) fn make(call: &mut Call, given: &Value, product: &Value) -> Value {
    let amount = given["unit_amount"].as_i64().or_else(|| {
        let decimal = given["unit_amount_decimal"].as_str()?;
        decimal.parse().ok()
    });
    let recurring = given["recurring"].as_object().map(|recurring| {
        json!({
            "interval": recurring.get("interval"),
            "interval_count": recurring.get("interval_count").and_then(Value::as_i64).unwrap_or(1),
            "meter": null,
            "usage_type": "licensed",
        })
    });
    json!({
        "id": call.tools.id("price"),
        "object": KIND,
        "active": given["active"].as_bool().unwrap_or(true),
        "billing_scheme": "per_unit",
        "created": call.tools.seconds(),
        "currency": given["currency"].as_str().unwrap_or_default().to_lowercase(),
        "custom_unit_amount": null,
        "livemode": call.account().livemode,
        "lookup_key": given["lookup_key"],
        "metadata": map_or_empty(&given["metadata"]),
        "nickname": given["nickname"],
        "product": product,
        "recurring": recurring,
        "tax_behavior": given["tax_behavior"].as_str().unwrap_or("unspecified"),
        "tiers_mode": null,
        "transform_quantity": null,
        "type": if recurring.is_some() { "recurring" } else { "one_time" },
        "unit_amount": amount,
        "unit_amount_decimal": amount.map(|amount| amount.to_string()),
    })
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let all = call.account().all(KIND).into_iter().filter(|price| {
        ["active", "currency", "product", "type"]
            .iter()
            .all(|field| matches(&params, field, price))
            && in_range(&params["created"], price["created"].as_i64().unwrap_or(0))
            && params["lookup_keys"]
                .as_array()
                .is_none_or(|keys| keys.contains(&price["lookup_key"]))
    });
    let all = all.cloned().collect();
    page(all, &params, "/v1/prices")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    call.load(KIND)
}

pub(crate) fn update(call: &mut Call) -> Answer {
    let mut price = call.load(KIND)?;
    call.change(
        &mut price,
        &["active", "lookup_key", "nickname", "tax_behavior"],
    );
    let stored = call.store(price);
    call.emit("price.updated", &stored);
    Ok(stored)
}
