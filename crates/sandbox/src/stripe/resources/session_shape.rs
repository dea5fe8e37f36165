//! A new checkout session with all the fields that Stripe's newest version has.

use serde_json::{Value, json};

use super::session_lines::Lines;
use crate::stripe::call::Call;

/// The session of a checked call.
pub(crate) fn make(call: &mut Call, lines: &Lines) -> Value {
    let livemode = call.account().livemode;
    let kind = if livemode { "live" } else { "test" };
    let id = format!("cs_{kind}_a1{}", call.tools.dice.letters(56));
    let now = call.tools.seconds();
    let mut session = fixed_fields();
    let expires = call.params["expires_at"]
        .as_i64()
        .unwrap_or(now + 24 * 3600);
    let due = lines.total > 0;
    let given = json!({
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": lines.total,
        "amount_total": lines.total,
        "created": now,
        "currency": lines.currency,
        "expires_at": expires,
        "livemode": livemode,
        "metadata": call.map("metadata"),
        "payment_status": if due { "unpaid" } else { "no_payment_required" },
        "status": "open",
        "url": format!("{}/c/pay/{id}", call.tools.base_url),
    });
    take_over(&mut session, &given);
    for field in TAKEN_AS_GIVEN {
        if let Some(value) = call.params.get(field) {
            session[field] = value.clone();
        }
    }
    if let Some(email) = call.text("customer_email") {
        session["customer_details"] = json!({
            "address": null, "business_name": null, "email": email, "individual_name": null,
            "name": null, "phone": null, "tax_exempt": "none", "tax_ids": null,
        });
    }
    if call.text("mode") == Some("subscription") {
        session["customer_creation"] = Value::Null;
        session["payment_method_collection"] = json!("always");
    }
    session
}

const TAKEN_AS_GIVEN: [&str; 13] = [
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_creation",
    "customer_email",
    "integration_identifier",
    "locale",
    "mode",
    "payment_method_types",
    "submit_type",
    "success_url",
];

fn take_over(session: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().into_iter().flatten() {
        session[name] = value.clone();
    }
}

/// What a session says when its maker said nothing.
fn fixed_fields() -> Value {
    let mut session = json!({
        "adaptive_pricing": { "enabled": true },
        "after_expiration": null,
        "allow_promotion_codes": null,
        "allowed_payment_method_types": null,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "billing_address_collection": null,
        "branding_settings": {
            "background_color": "#ffffff", "border_style": "rounded", "button_color": "#0074d4",
            "display_name": "Sandbox", "font_family": "default", "icon": null, "logo": null,
        },
        "cancel_url": null,
        "client_reference_id": null,
        "client_secret": null,
        "collected_information": { "business_name": null, "individual_name": null, "shipping_details": null },
        "consent": null,
        "consent_collection": null,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {
            "after_submit": null, "shipping_address": null, "submit": null,
            "terms_of_service_acceptance": null,
        },
        "customer": null,
        "customer_account": null,
        "customer_creation": "if_required",
        "customer_details": null,
        "customer_email": null,
        "discounts": [],
        "integration_identifier": null,
        "invoice": null,
    });
    take_over(&mut session, &more_fixed_fields());
    session
}

fn more_fixed_fields() -> Value {
    json!({
        "invoice_creation": {
            "enabled": false,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null,
                "footer": null, "issuer": null, "metadata": {}, "rendering_options": null,
            },
        },
        "locale": null,
        "managed_payments": { "enabled": false },
        "mode": "payment",
        "origin_context": null,
        "payment_intent": null,
        "payment_link": null,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": null,
        "payment_method_options": { "card": { "request_three_d_secure": "automatic" } },
        "payment_method_types": ["card"],
        "permissions": null,
        "phone_number_collection": { "enabled": false },
        "recovered_from": null,
        "saved_payment_method_options": null,
        "setup_intent": null,
        "shipping_address_collection": null,
        "shipping_cost": null,
        "shipping_options": [],
        "submit_type": null,
        "subscription": null,
        "success_url": null,
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "ui_mode": "hosted_page",
        "wallet_options": null,
    })
}
