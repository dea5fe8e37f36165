//! One Stripe account: its objects, its events and what it remembers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stripe::version::ApiVersion;
use crate::webhooks::event::Event;

/// Everything that one account holds. Objects are kept in the newest shape.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub id: String,
    pub livemode: bool,
    pub api_version: ApiVersion,
    /// By the `object` word: `checkout.session`, `payment_intent`, …
    pub shelves: BTreeMap<String, Shelf>,
    pub events: Vec<Event>,
    /// Line items by session id.
    pub line_items: BTreeMap<String, Vec<Value>>,
    /// Signing secrets by endpoint id.
    pub secrets: BTreeMap<String, Vec<SigningSecret>>,
    /// What the payment intent of an open session will be made of.
    pub intent_data: BTreeMap<String, Value>,
    /// Answers by idempotency key.
    pub remembered: BTreeMap<String, Remembered>,
}

/// Objects of one kind, in the order in which they were made.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Shelf {
    pub order: Vec<String>,
    pub by_id: BTreeMap<String, Value>,
}

/// A secret that signs an endpoint's deliveries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SigningSecret {
    pub secret: String,
    /// UTC unix milliseconds; none while it is the current one.
    pub until: Option<i64>,
}

/// The first answer to a request that carried an idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Remembered {
    pub path: String,
    pub params: Value,
    pub status: u16,
    pub body: Value,
}

impl Account {
    pub fn new(id: String, livemode: bool) -> Self {
        Self {
            id,
            livemode,
            api_version: ApiVersion::newest(),
            shelves: BTreeMap::new(),
            events: Vec::new(),
            line_items: BTreeMap::new(),
            secrets: BTreeMap::new(),
            intent_data: BTreeMap::new(),
            remembered: BTreeMap::new(),
        }
    }

    /// Puts an object on its shelf, or replaces it there.
    pub fn put(&mut self, object: Value) {
        let kind = text(&object, "object");
        let id = text(&object, "id");
        let kept = self.shelves.entry(kind).or_default();
        if kept.by_id.insert(id.clone(), object).is_none() {
            kept.order.push(id);
        }
    }

    pub fn get(&self, kind: &str, id: &str) -> Option<&Value> {
        self.shelves.get(kind)?.by_id.get(id)
    }

    pub fn remove(&mut self, kind: &str, id: &str) -> Option<Value> {
        let kept = self.shelves.get_mut(kind)?;
        kept.order.retain(|known| known != id);
        kept.by_id.remove(id)
    }

    /// Any object by its id, whatever its kind.
    pub fn find(&self, id: &str) -> Option<&Value> {
        self.shelves.values().find_map(|shelf| shelf.by_id.get(id))
    }

    pub fn event(&self, id: &str) -> Option<&Event> {
        self.events.iter().rev().find(|event| event.id == id)
    }

    /// All objects of a kind, oldest first.
    pub fn all(&self, kind: &str) -> Vec<&Value> {
        let Some(kept) = self.shelves.get(kind) else {
            return Vec::new();
        };
        kept.order.iter().map(|id| &kept.by_id[id]).collect()
    }

    /// The endpoints that want an event of this type.
    pub fn endpoints_for(&self, event_type: &str) -> Vec<String> {
        self.all("webhook_endpoint")
            .into_iter()
            .filter(|endpoint| endpoint["status"] == "enabled" && wants(endpoint, event_type))
            .map(|endpoint| text(endpoint, "id"))
            .collect()
    }
}

fn wants(endpoint: &Value, event_type: &str) -> bool {
    endpoint["enabled_events"]
        .as_array()
        .is_some_and(|types| types.iter().any(|t| t == "*" || t == event_type))
}

/// A text field of an object, empty where it has none.
pub(crate) fn text(object: &Value, field: &str) -> String {
    object[field].as_str().unwrap_or_default().to_owned()
}
