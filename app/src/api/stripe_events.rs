//! Everything Stripe told us, and processing it again.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use crate::error::UiError;
use crate::flash::Done;

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
    /// True where it went well; `None` where it is still to come.
    pub went_well: Option<bool>,
    /// What was done.
    pub text: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// One event, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDetail {
    /// The row.
    pub row: EventRow,
    /// Live or test; `None` where nobody vouches for it.
    pub livemode: Option<bool>,
    /// How we know it: `signature` or `fetched`.
    pub source: Option<String>,
    /// API version that it is written in.
    pub api_version: Option<String>,
    /// How often its delivery came.
    pub receipts: i64,
    /// The first error.
    pub error: Option<String>,
    /// What to do about it, where there is something.
    pub remedy: Option<String>,
    /// Its way.
    pub steps: Vec<EventStep>,
    /// JSON as Stripe sent it, indented.
    pub payload: String,
    /// True where processing again makes sense.
    pub may_replay: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// A page of events, perhaps of one status.
#[server]
pub async fn load_events(
    status: Option<String>,
    after: Option<String>,
) -> Result<Listed<EventRow>, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = (status, after);
    missing("engine::stripe::list_events")
}

/// One event.
#[server]
pub async fn load_event(id: String) -> Result<EventDetail, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = id;
    missing("engine::stripe::get_event")
}

/// Verifies and processes an event again.
#[server]
pub async fn replay_event(id: String) -> Result<Done, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = id;
    missing("engine::stripe::replay_event")
}
