//! `/v1/events`: what happened in the account, in the shape of that time.

use serde_json::Value;

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
    let rendered = events.map(render).collect();
    page(rendered, &params, "/v1/events")
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

/// The ids of events whose deliveries all succeeded, or of those with a failed one.
/// Events that no endpoint took are in neither list.
fn delivery_answers(call: &Call, wanted: &Value) -> Option<Vec<String>> {
    let wanted = wanted.as_bool()?;
    let mut ids: Vec<String> = Vec::new();
    let ours = || {
        let all = call.world.deliveries.iter();
        all.filter(|delivery| delivery.account == call.account)
    };
    for delivery in ours() {
        let mut of_event = ours().filter(|other| other.event == delivery.event);
        let success = of_event.all(|other| other.state == DeliveryState::Delivered);
        if success == wanted && !ids.contains(&delivery.event) {
            ids.push(delivery.event.clone());
        }
    }
    Some(ids)
}
