//! The API versions that the sandbox speaks: the newest, and 2024-04-10 made from it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The newest version that the sandbox speaks.
pub const NEWEST: &str = "2026-09-30.endive";
/// The old version that Stripe's guide for licence shops names.
pub const OLD: &str = "2024-04-10";

/// A version's name, as in `Stripe-Version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ApiVersion(String);

impl ApiVersion {
    pub fn newest() -> Self {
        Self(NEWEST.to_owned())
    }

    /// A version by its name; names that do not begin with a date are none.
    pub fn parse(name: &str) -> Option<Self> {
        let date = name.split('.').next()?;
        let numbers: Vec<&str> = date.split('-').collect();
        let lengths: Vec<usize> = numbers.iter().map(|part| part.len()).collect();
        let digits = date.bytes().all(|b| b == b'-' || b.is_ascii_digit());
        (digits && lengths == [4, 2, 2]).then(|| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Before 2025-03-31 answers have the old shape.
    fn is_old(&self) -> bool {
        self.0.as_str() < "2025-03-31"
    }

    /// An object, with all that it holds, in this version's shape.
    pub fn shape(&self, newest: &Value) -> Value {
        let mut shaped = newest.clone();
        if self.is_old() {
            age(&mut shaped);
        }
        shaped
    }
}

const SESSION_NEWER: [&str; 15] = [
    "adaptive_pricing",
    "allowed_payment_method_types",
    "branding_settings",
    "collected_information",
    "customer_account",
    "discounts",
    "excluded_payment_method_types",
    "integration_identifier",
    "managed_payments",
    "name_collection",
    "optional_items",
    "origin_context",
    "permissions",
    "presentment_details",
    "wallet_options",
];
const INTENT_NEWER: [&str; 8] = [
    "allowed_payment_method_types",
    "customer_account",
    "excluded_payment_method_types",
    "hooks",
    "managed_payments",
    "payment_details",
    "payment_record",
    "presentment_details",
];

fn age(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(age),
        Value::Object(map) => {
            map.values_mut().for_each(age);
            age_object(value);
        }
        _ => {}
    }
}

fn age_object(object: &mut Value) {
    match object["object"].as_str().unwrap_or_default() {
        "checkout.session" => {
            remove(object, &SESSION_NEWER);
            object["shipping_details"] = Value::Null;
            if object["ui_mode"] == "hosted_page" {
                object["ui_mode"] = json!("hosted");
            }
        }
        "payment_intent" => {
            remove(object, &INTENT_NEWER);
            object["invoice"] = Value::Null;
            object["source"] = Value::Null;
        }
        "charge" => {
            remove(object, &["presentment_details", "authorization_code"]);
            object["invoice"] = Value::Null;
            object["source"] = Value::Null;
        }
        "customer" => remove(
            object,
            &["customer_account", "business_name", "individual_name"],
        ),
        "payment_method" => remove(object, &["customer_account"]),
        "product" => remove(object, &["tax_details"]),
        _ => {}
    }
}

fn remove(object: &mut Value, fields: &[&str]) {
    if let Some(map) = object.as_object_mut() {
        for field in fields {
            map.remove(*field);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_date_with_or_without_a_name() {
        assert!(ApiVersion::parse(OLD).is_some());
        assert!(ApiVersion::parse(NEWEST).is_some());
        for wrong in ["", "yesterday", "2024", "2024-4-10", "20240410"] {
            assert!(ApiVersion::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_old_event_holds_no_newer_field_and_its_lost_ones() {
        let session = json!({"object": "checkout.session", "customer_account": null, "ui_mode": "hosted_page"});
        let old = ApiVersion::parse(OLD).expect("a version").shape(&session);
        assert!(old.get("customer_account").is_none());
        assert_eq!(old["ui_mode"], "hosted");
        assert_eq!(ApiVersion::newest().shape(&session), session);
    }
}
