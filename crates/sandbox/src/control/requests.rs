//! What the controls are asked, and what they answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A webhook endpoint to be registered.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEndpoint {
    /// The account's key; a new key opens a new account.
    pub api_key: String,
    /// Where events go.
    pub url: String,
    /// The signing secret; without it one is made.
    #[serde(default)]
    pub secret: Option<String>,
    /// The version of the bodies; without it the account's.
    #[serde(default)]
    pub api_version: Option<String>,
    /// The types of events, `*` for all of them.
    #[serde(default = "every_event")]
    pub enabled_events: Vec<String>,
}

fn every_event() -> Vec<String> {
    vec!["*".to_owned()]
}

impl NewEndpoint {
    /// An endpoint for all events.
    pub fn new(api_key: &str, url: &str) -> Self {
        Self {
            api_key: api_key.to_owned(),
            url: url.to_owned(),
            secret: None,
            api_version: None,
            enabled_events: every_event(),
        }
    }
}

/// A registered endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// `we_…`.
    pub id: String,
    /// `whsec_…`, or what was given.
    pub secret: String,
}

/// An event to be made by hand; its object is sent as it is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventRequest {
    /// The account's key.
    pub api_key: String,
    /// Such as `checkout.session.completed`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// `data.object`.
    pub object: Value,
    /// The event's id; without it one is made.
    #[serde(default)]
    pub id: Option<String>,
    /// What the body says of its version.
    #[serde(default)]
    pub api_version: Option<String>,
    /// What the body says of its mode; without it the account's.
    #[serde(default)]
    pub livemode: Option<bool>,
    /// UTC unix seconds; without it now.
    #[serde(default)]
    pub created: Option<i64>,
    /// The connected account that the event is of.
    #[serde(default)]
    pub account: Option<String>,
    /// `data.previous_attributes`.
    #[serde(default)]
    pub previous_attributes: Option<Value>,
    /// Whether the account's endpoints get it.
    #[serde(default)]
    pub send: Send,
}

/// Whether an event made by hand goes to the endpoints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Send {
    /// To all that want its type.
    #[default]
    ToEndpoints,
    /// It is only listed by the API.
    Nowhere,
}

impl EventRequest {
    /// An event of the account's own version and mode, made now, for all endpoints.
    pub fn new(api_key: &str, event_type: &str, object: Value) -> Self {
        Self {
            api_key: api_key.to_owned(),
            event_type: event_type.to_owned(),
            object,
            id: None,
            api_version: None,
            livemode: None,
            created: None,
            account: None,
            previous_attributes: None,
            send: Send::ToEndpoints,
        }
    }

    /// The same, but for no endpoint.
    #[must_use]
    pub fn unsent(mut self) -> Self {
        self.send = Send::Nowhere;
        self
    }
}

/// An event made by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeEvent {
    /// `evt_…`.
    pub id: String,
    /// The body that endpoints get.
    pub body: String,
}
