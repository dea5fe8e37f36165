//! An event as it is kept, and the body that it becomes for one endpoint.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::stripe::version::ApiVersion;

/// One event of one account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Event {
    pub id: String,
    /// Such as `payment_intent.succeeded`.
    pub kind: String,
    /// UTC unix seconds.
    pub created: i64,
    /// The object, as it was at that moment.
    pub object: Value,
    pub previous_attributes: Option<Value>,
    pub api_version: ApiVersion,
    pub livemode: bool,
    pub request: Origin,
    pub pending_webhooks: usize,
    /// The connected account, for events of Connect.
    pub connected: Option<String>,
    /// True when the object was given by a test and is sent as it is.
    pub verbatim: bool,
}

/// The request that caused an event.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub id: Option<String>,
    pub idempotency_key: Option<String>,
}

/// What a caller says of an event to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    /// Such as `payment_intent.succeeded`.
    pub kind: String,
    pub object: Value,
    pub origin: Origin,
}

impl Event {
    /// The event in the shape of an API version.
    pub fn render(&self, version: &ApiVersion) -> Value {
        let object = if self.verbatim {
            self.object.clone()
        } else {
            version.shape(&self.object)
        };
        let mut data = json!({ "object": object });
        if let Some(previous) = &self.previous_attributes {
            data["previous_attributes"] = previous.clone();
        }
        let mut event = json!({
            "id": self.id,
            "object": "event",
            "api_version": version.as_str(),
            "created": self.created,
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": self.pending_webhooks,
            "request": { "id": self.request.id, "idempotency_key": self.request.idempotency_key },
            "type": self.kind,
        });
        if let Some(connected) = &self.connected {
            event["account"] = json!(connected);
        }
        event
    }
}
