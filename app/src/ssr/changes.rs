//! The change log between the engine and its pages.

use domain::ids::ChangeId;
use domain::timestamp::Timestamp;
use engine::Error;
use engine::audit::ChangeView;
use engine::audit::list::{self, ChangeQuery};
use engine::page::PAGE_SIZE;
use serde_json::Value;

use super::activity::device_path;
use super::session::SignedIn;
use crate::api::Listed;
use crate::api::changes::{ChangeRow, ChangeSearch};
use crate::format;

/// Lines of a thing's history on its own page.
const HISTORY: usize = 50;

/// A page of the change log.
pub async fn change_list(who: &SignedIn, search: ChangeSearch) -> Result<Listed<ChangeRow>, Error> {
    let after = search
        .after
        .map(|text| text.parse::<ChangeId>())
        .transpose();
    let after = after.map_err(|_| Error::field("after", "Take it from the page before."))?;
    let query = ChangeQuery {
        actor: search.find,
        verb: search.verb.replace(' ', "_"),
        subject_kind: search.about,
        subject_id: search.id,
        from: day("from", &search.from)?,
        to: day("to", &search.to)?.map(|day| day.end_of_day().plus_millis(999)),
        // A word that is no order changes nothing: the address was typed by hand.
        order: search.sort.parse().unwrap_or_default(),
        after,
        limit: PAGE_SIZE,
    };
    let page = list::search(&who.engine, &who.actor, &query).await?;
    Ok(Listed {
        items: page.items.into_iter().map(change_row).collect(),
        next: page.after.map(|id| id.to_string()),
        now: who.engine.now(),
    })
}

/// A day of the address; blank is none.
fn day(field: &str, text: &str) -> Result<Option<Timestamp>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || Error::field(field, "Write a day like 2027-01-31.");
    Timestamp::parse_date(text).map(Some).ok_or_else(wrong)
}

/// What happened to one thing lately, newest first.
pub(super) async fn history_of(
    who: &SignedIn,
    subject: (&str, &str),
) -> Result<Vec<ChangeRow>, Error> {
    let changes = list::by_subject(&who.engine, &who.actor, subject).await?;
    Ok(latest(changes))
}

/// As many of a thing's changes as its page shows.
pub(super) fn latest(changes: Vec<ChangeView>) -> Vec<ChangeRow> {
    changes.into_iter().take(HISTORY).map(change_row).collect()
}

/// What happened lately to all things of some kinds, newest first: each line says which thing it was,
/// by the name that `name` gives it or else by its own.
pub(super) async fn history_of_kinds(
    who: &SignedIn,
    kinds: &[&str],
    name: impl Fn(&ChangeView) -> Option<String>,
) -> Result<Vec<ChangeRow>, Error> {
    let changes = list::by_kinds(&who.engine, &who.actor, kinds, HISTORY).await?;
    let row = |change: ChangeView| {
        let thing = name(&change).unwrap_or_else(|| thing(&change));
        let mut row = change_row(change);
        row.detail = if row.detail.is_empty() {
            thing
        } else {
            format!("{thing}, {}", row.detail)
        };
        row
    };
    Ok(changes.into_iter().map(row).collect())
}

/// What a thing is called, where the change tells it: a person is called by the address.
pub(super) fn called(change: &ChangeView) -> Option<&str> {
    let text = change.data.get(calling(&change.subject_kind));
    text.and_then(Value::as_str)
}

/// Which of a change's details is what the thing is called.
fn calling(kind: &str) -> &'static str {
    match kind {
        "person" | "invitation" => "email",
        _ => "name",
    }
}

/// `access token “CI”`, or the kind alone where a thing has no name.
fn thing(change: &ChangeView) -> String {
    let kind = kind_words(change);
    match called(change) {
        Some(name) => format!("{kind} “{name}”"),
        None => kind,
    }
}

fn kind_words(change: &ChangeView) -> String {
    let kind = change.subject_kind.replace('_', " ");
    kind.replace("license", "licence")
}

/// One change of the log.
pub(super) fn change_row(change: ChangeView) -> ChangeRow {
    let kind = kind_words(&change);
    let subject = match called(&change) {
        Some(name) => format!("{kind} “{name}”"),
        None => format!("{kind} {}", brief(&change.subject_id)),
    };
    ChangeRow {
        href: address(&change.subject_kind, &change.subject_id),
        actor: match change.actor_kind.as_str() {
            "person" | "system" => change.actor_name,
            kind => format!("{kind} “{}”", change.actor_name),
        },
        verb: change.verb.replace('_', " "),
        subject,
        detail: details(&change.data, calling(&change.subject_kind)),
        at: change.at,
    }
}

/// The page of the thing that was changed, where it has one.
fn address(kind: &str, id: &str) -> Option<String> {
    let page = match kind {
        "license" => "licenses",
        "product" => "products",
        "plan" => "plans",
        "order" => "orders",
        "mail" => "outbox",
        "ticket" => "tickets",
        "stripe_app" => "stripe/apps",
        "stripe_event" => "stripe/events",
        "access_token" => return Some("/access-tokens".to_owned()),
        "tenant_key" | "signing_key" => return Some("/tenant-keys".to_owned()),
        "person" | "invitation" => return Some("/users".to_owned()),
        "tenant" => return Some("/settings".to_owned()),
        "device" => return device_path(id),
        _ => return None,
    };
    Some(format!("/{page}/{id}"))
}

/// `quantity: 3, fields: price, version`; without what the thing is called, which stands before it.
fn details(data: &Value, called: &str) -> String {
    let Value::Object(fields) = data else {
        return String::new();
    };
    let texts: Vec<_> = fields
        .iter()
        .filter(|(name, value)| *name != called && !value.is_null())
        .map(|(name, value)| format!("{}: {}", words(name), plain(value)))
        .collect();
    texts.join(", ")
}

/// `hardware id` of `hardwareId`; names of Stripe's metadata stay, because people type them there.
fn words(name: &str) -> String {
    if matches!(name, "productId" | "planId" | "planDays") {
        return name.to_owned();
    }
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// Ids and hardware ids without their middle: nobody reads them, and their things are linked.
fn brief(text: &str) -> String {
    let is_id = text.len() > 24 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if is_id {
        format::shorten(text)
    } else {
        text.to_owned()
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => brief(text),
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
        assert_eq!(
            details(&data, "name"),
            "fields: price, version, quantity: 3"
        );
        let data = json!({"orderId": "01a20b61-f997-7060-8c3f-4038ec8bd497", "productId": 1});
        assert_eq!(
            details(&data, "name"),
            "order id: 01a20b61-f99…8bd497, productId: 1"
        );
        assert_eq!(details(&Value::Null, "name"), "");
        let data = json!({"email": "bob@example.com", "role": "admin"});
        assert_eq!(details(&data, calling("person")), "role: admin");
    }
}
