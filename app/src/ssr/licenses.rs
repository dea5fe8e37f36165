//! Keys and the change log between the engine and their pages.

use domain::ids::{ChangeId, LicenseId};
use domain::permission::Permission;
use engine::Error;
use engine::audit::ChangeView;
use engine::licenses::{LicenseView, find, history, list};
use engine::page::PAGE_SIZE;
use serde_json::Value;

use super::license_devices::devices;
use super::session::SignedIn;
use crate::api::Listed;
use crate::api::changes::ChangeRow;
use crate::api::licenses::{LicenseDetail, LicenseRow, LicenseSearch};

/// A page of keys.
pub async fn license_list(
    who: &SignedIn,
    search: LicenseSearch,
) -> Result<Listed<LicenseRow>, Error> {
    let query = license_query(who.session.livemode, search)?;
    let page = list::execute(&who.engine, &who.actor, &query).await?;
    Ok(Listed {
        items: page.items.into_iter().map(license_row).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

/// What the page's address asks for on one side.
pub(super) fn license_query(
    livemode: bool,
    search: LicenseSearch,
) -> Result<list::LicenseQuery, Error> {
    Ok(list::LicenseQuery {
        livemode: Some(livemode),
        // A word that is no product or state narrows nothing: the address was typed by hand.
        product_id: search.product.parse().ok(),
        state: search.state.parse().ok(),
        search: list::Search::Typed(search.find),
        after: place(search.after.as_deref())?,
        limit: PAGE_SIZE,
    })
}

/// Where a page begins, as the page before said it.
pub(super) fn place(after: Option<&str>) -> Result<Option<engine::page::Place>, Error> {
    let place = after.map(str::parse).transpose();
    place.map_err(|error: engine::page::UnknownPlace| Error::field("after", error.to_string()))
}

/// One key in a list.
pub(super) fn license_row(view: LicenseView) -> LicenseRow {
    LicenseRow {
        id: view.id,
        activation_key: view.activation_key.to_string(),
        product_name: view.product_name,
        email: view.email,
        state: view.state.to_string(),
        expires_at: view.expires_at,
        created_at: view.created_at,
    }
}

/// One key, whole, with the devices that come after a place.
pub async fn license_detail(
    who: &SignedIn,
    id: &str,
    after: Option<&str>,
) -> Result<LicenseDetail, Error> {
    let id: LicenseId = id.parse().map_err(|_| Error::NotFound("license"))?;
    let view = find::execute(&who.engine, &who.actor, id).await?;
    let (devices, next_devices) = devices(who, id, after).await?;
    let changes = history::execute(&who.engine, &who.actor, id).await?;
    Ok(LicenseDetail {
        max_seats: view.max_seats,
        seats_used: view.seats_used,
        livemode: view.livemode,
        note: view.note.clone().unwrap_or_default(),
        order_id: view.order_id,
        corporate_name: view.corporate_name.clone().unwrap_or_default(),
        offline_code: view.offline_code.clone(),
        devices,
        next_devices,
        may_generate: who.actor.may(Permission::Generate).is_ok(),
        may_manage: who.actor.may(Permission::Manage).is_ok(),
        history: changes.into_iter().map(change_row).collect(),
        now: who.engine.now(),
        row: license_row(view),
    })
}

/// A page of the change log.
pub async fn change_list(
    who: &SignedIn,
    before: Option<String>,
) -> Result<Listed<ChangeRow>, Error> {
    let before = before.map(|text| text.parse::<ChangeId>()).transpose();
    let before = before.map_err(|_| Error::field("after", "Take it from the page before."))?;
    let page = engine::audit::list::execute(&who.engine, &who.actor, before, PAGE_SIZE).await?;
    Ok(Listed {
        items: page.items.into_iter().map(change_row).collect(),
        next: page.before.map(|id| id.to_string()),
        now: who.engine.now(),
    })
}

/// One change of the log.
pub(super) fn change_row(change: ChangeView) -> ChangeRow {
    let kind = change.subject_kind.replace('_', " ");
    ChangeRow {
        actor: match change.actor_kind.as_str() {
            "person" | "system" => change.actor_name,
            kind => format!("{kind} “{}”", change.actor_name),
        },
        verb: change.verb.replace('_', " "),
        subject: match change.data.get("name").and_then(Value::as_str) {
            Some(name) => format!("{kind} “{name}”"),
            None => format!("{kind} {}", change.subject_id),
        },
        detail: details(&change.data),
        at: change.at,
    }
}

/// `quantity: 3, fields: price, version`.
fn details(data: &Value) -> String {
    let Value::Object(fields) = data else {
        return String::new();
    };
    let texts: Vec<_> = fields
        .iter()
        .filter(|(name, value)| *name != "name" && !value.is_null())
        .map(|(name, value)| format!("{name}: {}", plain(value)))
        .collect();
    texts.join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn details_read_as_words_and_leave_out_what_stands_elsewhere() {
        let data =
            json!({"fields": ["price", "version"], "name": "Atlas", "quantity": 3, "plan": null});
        assert_eq!(details(&data), "fields: price, version, quantity: 3");
        assert_eq!(details(&Value::Null), "");
    }
}
