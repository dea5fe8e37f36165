//! Everything Stripe told us, and processing it again.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::{Done, Link};
use crate::sent::Sent;

/// One event in the log; also a delivery that nobody vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// Id of ours.
    pub id: String,
    /// `evt_…`, claimed where nobody vouches for it.
    pub stripe_event_id: String,
    /// For example `checkout.session.completed`.
    pub event_type: String,
    /// `received`, `verified` or `failed`.
    pub status: String,
    /// Word of the processing state; empty where it is not processed.
    pub processing: String,
    /// What came of it, or the first error.
    pub outcome: String,
    /// Name of the app that vouched.
    pub app_name: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
}

/// One step of an event's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventStep {
    /// True where it went well; `None` where it was not tried.
    pub went_well: Option<bool>,
    /// The app that it was done with.
    pub app: Option<Link>,
    /// What was done.
    pub text: String,
    /// The keys that it made, by their last four characters.
    pub keys: Vec<Link>,
    /// When.
    pub at: Option<Timestamp>,
}

/// What to do about an event, in one sentence or more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// How it begins.
    pub text: String,
    /// Where it is done.
    pub link: Option<Link>,
    /// How it ends.
    pub rest: String,
}

/// One event, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetail {
    /// The row.
    pub row: EventRow,
    /// False for a delivery whose claims prove nothing.
    pub is_vouched_for: bool,
    /// How we know it: `signature` or `stripe`; empty where nobody vouches for it.
    pub source: String,
    /// API version that it is written in; empty where unknown.
    pub api_version: String,
    /// How often its delivery came.
    pub receipts: i64,
    /// The first error.
    pub error: Option<String>,
    /// What to do about it, where there is something.
    pub remedy: Option<Remedy>,
    /// Its way.
    pub steps: Vec<EventStep>,
    /// The body as it came, but for client secrets; or why it is not here.
    pub payload: Result<String, String>,
    /// The app that vouched, or that the URL names.
    pub app: Option<Link>,
    /// The purchase that it told of.
    pub order_id: Option<String>,
    /// True where processing again makes sense, and whoever looks may do it.
    pub may_replay: bool,
    /// What people and programs did with it, newest first.
    pub history: Vec<ChangeRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// What to look for; empty texts do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventSearch {
    /// Stripe's id of an event, a session or a payment.
    pub find: String,
    /// Word of a status.
    pub status: String,
    /// Stripe's type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Id of an app.
    pub app: String,
    /// Word of an order; empty for the list's own.
    pub sort: String,
    /// Where the page begins.
    pub after: Option<String>,
}

/// What the log can be narrowed to: values and labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventChoices {
    /// Types of its events.
    pub types: Vec<(String, String)>,
    /// Apps.
    pub apps: Vec<(String, String)>,
}

/// A page of events.
#[server]
pub async fn load_events(
    #[server(flatten)] search: EventSearch,
) -> Result<Sent<Listed<EventRow>>, UiError> {
    use crate::ssr::{event_list, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&event_list(&who, search).await.map_err(refuse)?)
}

/// What the log can be narrowed to.
#[server]
pub async fn load_event_choices() -> Result<Sent<EventChoices>, UiError> {
    use crate::ssr::{event_choices, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&event_choices(&who).await.map_err(refuse)?)
}

/// One event.
#[server]
pub async fn load_event(id: String) -> Result<Sent<EventDetail>, UiError> {
    use crate::ssr::{event_detail, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&event_detail(&who, &id).await.map_err(refuse)?)
}

/// Verifies and processes an event again.
#[server]
pub async fn replay_event(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, process_again, reply, signed_in};
    let who = signed_in().await?;
    let replayed = process_again(&who, &id).await;
    reply::<ReplayEvent>(replayed, NOTHING).await
}
