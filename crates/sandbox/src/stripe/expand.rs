//! `expand[]`: puts objects in the place of their ids.

use serde_json::{Value, json};

use super::error::StripeError;
use crate::account::Account;

/// Expands the paths in an answer; a path into a list begins with `data`.
pub(crate) fn expand(
    answer: &mut Value,
    paths: &Value,
    account: &Account,
) -> Result<(), StripeError> {
    for path in paths.as_array().into_iter().flatten() {
        let path = path.as_str().unwrap_or_default();
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > 4 {
            let message = "You cannot expand more than 4 levels of a property.";
            return Err(StripeError::invalid(message).code("property_expansion_max_depth"));
        }
        walk(answer, &steps, account).map_err(|()| cannot(path))?;
    }
    Ok(())
}

fn walk(value: &mut Value, steps: &[&str], account: &Account) -> Result<(), ()> {
    if let Value::Array(items) = value {
        return items
            .iter_mut()
            .try_for_each(|item| walk(item, steps, account));
    }
    let Some((step, rest)) = steps.split_first() else {
        return Ok(());
    };
    if *step == "line_items" && value["object"] == "checkout.session" {
        value[*step] = line_items(value, account);
    }
    let Some(field) = value.get_mut(*step) else {
        return Err(());
    };
    if let Some(object) = field.as_str().and_then(|id| account.find(id)) {
        *field = object.clone();
    }
    match field {
        Value::Null => Ok(()),
        Value::Object(_) | Value::Array(_) => walk(field, rest, account),
        _ => Err(()),
    }
}

/// The list that `line_items` becomes inside a session.
fn line_items(session: &Value, account: &Account) -> Value {
    let id = session["id"].as_str().unwrap_or_default();
    let items = account.line_items.get(id).cloned().unwrap_or_default();
    let url = format!("/v1/checkout/sessions/{id}/line_items");
    json!({ "object": "list", "data": items, "has_more": false, "url": url })
}

fn cannot(path: &str) -> StripeError {
    let message = format!(
        "This property cannot be expanded ({path}). You may want to try expanding 'data.{path}' instead."
    );
    StripeError::invalid(&message)
        .code("property_expansion_invalid")
        .param("expand")
}
