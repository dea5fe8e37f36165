//! The shapes of 2024-04-10, against the field names in Stripe's own SDK of that version.
//!
//! `golden/2024-04-10.json` lists them by object, as the types of the npm package `stripe`
//! 15.12.0 declare them: those that are always there, and those that may be missing.

use std::collections::BTreeSet;

use sandbox::{OLD, Outcome};
use serde_json::Value;

use crate::house::{KEY, SESSION, get_json, id_of, post_form, sandbox};

/// Says which fields are missing and which are too many.
fn compare(object: &Value) -> (Vec<String>, Vec<String>) {
    let golden: Value =
        serde_json::from_str(include_str!("../golden/2024-04-10.json")).expect("JSON");
    let names = |list: &str| -> BTreeSet<String> {
        let kind = object["object"].as_str().expect("an object");
        let names = golden[kind][list].as_array().expect("a known object");
        names
            .iter()
            .map(|name| name.as_str().expect("a name").to_owned())
            .collect()
    };
    let always = names("always");
    let allowed: BTreeSet<String> = always.union(&names("sometimes")).cloned().collect();
    let fields: BTreeSet<String> = object.as_object().expect("a map").keys().cloned().collect();
    (
        always.difference(&fields).cloned().collect(),
        fields.difference(&allowed).cloned().collect(),
    )
}

#[tokio::test]
async fn every_object_of_a_purchase_has_the_fields_of_its_version() {
    let sandbox = sandbox().await;
    sandbox.account(&[KEY], Some(OLD)).expect("an account");
    let mut form = SESSION.to_vec();
    form.push(("customer_creation", "always"));
    let (_, session) = post_form(&sandbox, "/v1/checkout/sessions", &form).await;
    sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    let path = format!(
        "/v1/checkout/sessions/{}?expand[]=line_items.data.price.product&expand[]=payment_intent.latest_charge&expand[]=payment_intent.payment_method&expand[]=customer",
        id_of(&session)
    );
    let (_, session) = get_json(&sandbox, &path).await;
    let intent = &session["payment_intent"];
    let price = &session["line_items"]["data"][0]["price"];
    for object in [
        &session,
        intent,
        &intent["latest_charge"],
        &intent["payment_method"],
        &session["customer"],
        price,
        &price["product"],
    ] {
        let (missing, extra) = compare(object);
        let name = &object["object"];
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{name}: missing {missing:?}, too many {extra:?}"
        );
    }
}
