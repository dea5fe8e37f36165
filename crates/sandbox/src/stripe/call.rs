//! One call of the API while it is worked on.

use serde_json::{Map, Value, json};

use super::error::StripeError;
use crate::account::Account;
use crate::tools::Tools;
use crate::webhooks::event::{NewEvent, Origin};
use crate::world::World;

/// What an action of the API works with.
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub tools: &'a Tools,
    pub account: String,
    /// Typed by the schema.
    pub params: Value,
    /// The ids in the path, in order.
    pub ids: Vec<String>,
    pub origin: Origin,
}

impl Call<'_> {
    pub fn account(&mut self) -> &mut Account {
        self.world.account(&self.account)
    }

    pub fn id(&self) -> &str {
        &self.ids[0]
    }

    /// The object that the path names, or Stripe's 404.
    pub fn load(&mut self, kind: &str) -> Result<Value, StripeError> {
        let id = self.id().to_owned();
        self.load_by(kind, &id, "id")
    }

    /// An object by its id; `param` is the parameter that named it.
    pub fn load_by(&mut self, kind: &str, id: &str, param: &str) -> Result<Value, StripeError> {
        self.account()
            .get(kind, id)
            .cloned()
            .ok_or_else(|| StripeError::missing(kind, id, param))
    }

    /// Stores an object and answers it.
    pub fn store(&mut self, object: Value) -> Value {
        self.account().put(object.clone());
        object
    }

    /// A parameter, null where it was not given.
    pub fn param(&self, name: &str) -> Value {
        self.params[name].clone()
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.params[name].as_str()
    }

    /// A map parameter, empty where it was not given.
    pub fn map(&self, name: &str) -> Value {
        map_or_empty(&self.params[name])
    }

    pub fn emit(&mut self, event_type: &str, object: &Value) {
        let new = NewEvent {
            kind: event_type.to_owned(),
            object: object.clone(),
            origin: self.origin.clone(),
        };
        self.world.emit(&self.account, new, self.tools);
    }

    /// Takes over the named parameters into an object; metadata is merged, as Stripe does.
    pub fn change(&self, object: &mut Value, fields: &[&str]) {
        for field in fields {
            if let Some(value) = self.params.get(*field) {
                object[*field] = value.clone();
            }
        }
        if let Some(given) = self.params.get("metadata") {
            object["metadata"] = merged(&object["metadata"], given);
        }
    }
}

fn merged(old: &Value, given: &Value) -> Value {
    let Some(given) = given.as_object() else {
        return json!({});
    };
    let mut metadata = old.as_object().cloned().unwrap_or_default();
    for (name, value) in given {
        if value.as_str() == Some("") {
            metadata.remove(name);
        } else {
            metadata.insert(name.clone(), value.clone());
        }
    }
    Value::Object(metadata)
}

/// The value if it is a map without its empty entries, else an empty one.
pub(crate) fn map_or_empty(value: &Value) -> Value {
    let map: Map<String, Value> = value
        .as_object()
        .map(|map| {
            let kept = map.iter().filter(|(_, value)| value.as_str() != Some(""));
            kept.map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        })
        .unwrap_or_default();
    Value::Object(map)
}
