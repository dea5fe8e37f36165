//! `/v1/events`: what happened in the account, in the shape of that time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::stripe::call::Call;
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::{in_range, page};
use crate::webhooks::delivery::DeliveryState;
use crate::webhooks::event::Event;

pub(crate) fn list(call: &mut Call) -> Answer {
    let params = call.params.clone();
    let types: Vec<&str> = params["types"].as_array().map_or_else(Vec::new, |types| {
        types.iter().filter_map(Value::as_str).collect()
    });
    if types.len() > 20 {
        let message = "You may not pass more than 20 types.";
        return Err(StripeError::invalid(message).param("types"));
    }
    let delivered = delivery_answers(call, &params["delivery_success"]);
    let events = call.account().events.iter().filter(|event| {
        let by_type = types.is_empty() || types.contains(&event.kind.as_str());
        let by_word = params["type"]
            .as_str()
            .is_none_or(|pattern| fits(pattern, &event.kind));
        let by_delivery = delivered.as_ref().is_none_or(|ids| ids.contains(&event.id));
        by_type && by_word && by_delivery && in_range(&params["created"], event.created)
    });
    let ids = events.map(|event| json!({ "id": event.id })).collect();
    let mut answer = page(ids, &params, "/v1/events")?;
    for item in answer["data"].as_array_mut().into_iter().flatten() {
        let id = item["id"].as_str().unwrap_or_default();
        if let Some(event) = call.account().event(id) {
            *item = render(event);
        }
    }
    Ok(answer)
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    let id = call.id().to_owned();
    let event = call.account().event(&id).map(render);
    event.ok_or_else(|| StripeError::missing("event", &id, "id"))
}

fn render(event: &Event) -> Value {
    event.render(&event.api_version)
}

/// `charge.*` stands for all types that begin so.
fn fits(pattern: &str, event_type: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(head) => event_type.starts_with(head),
        None => pattern == event_type,
    }
}

/// The ids of events whose deliveries all succeeded, or of those with one that did not.
/// Events that no endpoint took are in neither list.
fn delivery_answers(call: &Call, wanted: &Value) -> Option<BTreeSet<String>> {
    let wanted = wanted.as_bool()?;
    let mut success: BTreeMap<&str, bool> = BTreeMap::new();
    for delivery in &call.world.deliveries {
        if delivery.account == call.account {
            let delivered = delivery.state == DeliveryState::Delivered;
            let all = success.entry(&delivery.event).or_insert(true);
            *all = *all && delivered;
        }
    }
    let fitting = success.into_iter().filter(|(_, all)| *all == wanted);
    Some(fitting.map(|(event, _)| event.to_owned()).collect())
}
