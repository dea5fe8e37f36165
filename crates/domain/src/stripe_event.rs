//! A Stripe event after somebody vouched for its bytes: the envelope of any API version, and
//! what follows from it. Signatures are deliberately not checked here (`stripe_signature`).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::purchase::{BarePayment, Purchase, is_stripe_id};
use crate::timestamp::Timestamp;

/// Event types are shorter than this.
const TYPE_MAX: usize = 255;

/// An event's envelope. `Debug` tells id and type alone: the object holds addresses.
#[derive(Clone, PartialEq)]
pub struct StripeEvent {
    /// `evt_…`
    pub id: String,
    /// For example `checkout.session.completed`; empty where it names none.
    pub event_type: String,
    /// Test or live, where it says so.
    pub livemode: Option<bool>,
    /// The API version that the object is written in.
    pub api_version: Option<String>,
    /// When it happened.
    pub created: Option<Timestamp>,
    /// The connected account that it comes from, where it is a Connect event.
    pub account: Option<String>,
    /// A thin payload (`v2.core.event`), which carries no object.
    pub is_thin: bool,
    /// `data.object`; null in a thin payload.
    pub object: Value,
}

/// Why bytes are not an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventRefusal {
    /// Not a JSON object.
    #[error("it is not JSON")]
    NotJson,
    /// No `id` that Stripe could have given.
    #[error("it has no `id` that begins with evt_")]
    NoId,
}

impl StripeEvent {
    /// Reads the envelope, of which only the id is needed; nothing of the object is.
    pub fn parse(body: &[u8]) -> Result<Self, EventRefusal> {
        let mut json: Value = serde_json::from_slice(body).map_err(|_| EventRefusal::NotJson)?;
        if !json.is_object() {
            return Err(EventRefusal::NotJson);
        }
        let id = json["id"].as_str().filter(|id| is_event_id(id));
        let event_type = json["type"].as_str().filter(|text| is_type(text));
        Ok(Self {
            id: id.ok_or(EventRefusal::NoId)?.to_owned(),
            event_type: event_type.unwrap_or_default().to_owned(),
            livemode: json["livemode"].as_bool(),
            api_version: short_text(&json["api_version"]),
            created: created(&json["created"]),
            account: short_text(&json["account"]),
            is_thin: json["object"] == "v2.core.event",
            object: json
                .pointer_mut("/data/object")
                .map(Value::take)
                .unwrap_or_default(),
        })
    }

    /// Stripe's id of the object that it tells of, where it has a readable one.
    pub fn object_id(&self) -> Option<&str> {
        self.object["id"].as_str().filter(|id| is_stripe_id(id))
    }
}

impl fmt::Debug for StripeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeEvent")
            .field("id", &self.id)
            .field("event_type", &self.event_type)
            .field("livemode", &self.livemode)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Claimed<'a> {
    #[serde(borrow)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    event_type: Option<Cow<'a, str>>,
}

/// The `evt_…` that unverified bytes claim to be; reads the JSON once and keeps nothing else of it.
pub fn claimed_event_id(body: &[u8]) -> Option<String> {
    let id = claimed(body)?.id;
    id.filter(|id| is_event_id(id)).map(Cow::into_owned)
}

/// The event type that unverified bytes claim to be, at most 255 characters.
pub fn claimed_type(body: &[u8]) -> Option<String> {
    let event_type = claimed(body)?.event_type;
    event_type.filter(|text| is_type(text)).map(Cow::into_owned)
}

fn claimed(body: &[u8]) -> Option<Claimed<'_>> {
    // Serde would also take an array, for the fields one after the other.
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_object = first == Some(&b'{');
    is_object.then(|| serde_json::from_slice(body).ok())?
}

fn is_event_id(text: &str) -> bool {
    text.len() > "evt_".len() && text.starts_with("evt_") && is_stripe_id(text)
}

fn is_type(text: &str) -> bool {
    (1..=TYPE_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn short_text(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| is_type(text))?;
    Some(text.to_owned())
}

/// Seconds in a snapshot, RFC 3339 in a thin payload.
fn created(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(seconds) => seconds.as_i64().map(Timestamp::from_unix_seconds),
        Value::String(text) => Timestamp::parse_rfc3339(text),
        _ => None,
    }
}

/// What follows from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is paid: issue keys, once per purchase.
    Issue(Purchase),
    /// It is not paid yet: keep the order until it is, or fails.
    Wait(Purchase),
    /// The payment failed for good.
    Fail(Purchase),
    /// Nothing follows.
    Ignore(Ignored),
}

/// Why nothing follows from an event; each is a sentence for the event log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    /// Thin payload.
    #[error(
        "It is a thin payload, which does not carry the payment. In Stripe, choose Snapshot as the payload style of this endpoint."
    )]
    Thin,
    /// Connect event.
    #[error(
        "It comes from a connected account (Connect). Send only your own account's events to this endpoint."
    )]
    Connect,
    /// No `type`.
    #[error(
        "It names no type that could be read, so nobody knows what happened. Let Stripe's own events come to this endpoint, as they are."
    )]
    NoType,
    /// No `livemode`.
    #[error(
        "It does not say whether it is live or test. Let Stripe's own events come to this endpoint, as they are."
    )]
    NoLivemode,
    /// Some other type.
    #[error("Events of type {0} do not issue keys.")]
    OtherType(String),
    /// Subscription session.
    #[error(
        "It starts a subscription, and this version does not fulfil subscriptions. Sell a one-time price (mode payment)."
    )]
    Subscription,
    /// Any other mode.
    #[error("The checkout session takes no payment (its mode is not payment).")]
    NotAPayment,
    /// No `productId`.
    #[error(
        "Its metadata names no productId, so it is not for ExisOne. If it should issue keys, set productId in the metadata of the checkout session and of the payment intent."
    )]
    NoProduct,
    /// Neither session nor payment intent has a readable id.
    #[error("The payment has no readable id, so it could not be told from another.")]
    Nameless,
}

/// What follows from an event that is vouched for. Reads no clock and no database: whether the
/// product exists is for [`crate::fulfilment`].
pub fn judge(event: &StripeEvent) -> Decision {
    match purchase(event) {
        Err(why) => Decision::Ignore(why),
        Ok(purchase) if purchase.is_nameless() => Decision::Ignore(Ignored::Nameless),
        Ok(purchase) => match Payment::of(event) {
            Payment::Paid => Decision::Issue(purchase),
            Payment::Unpaid => Decision::Wait(purchase),
            Payment::Failed => Decision::Fail(purchase),
        },
    }
}

/// A payment that arrived, told by an event that names no product: it may belong to a purchase that
/// its session told of. `None` for any other event.
pub fn bare_payment(event: &StripeEvent) -> Option<BarePayment> {
    if event.event_type != "payment_intent.succeeded" || purchase(event) != Err(Ignored::NoProduct)
    {
        return None;
    }
    BarePayment::from_payment_intent(&event.object, event.livemode?)
}

fn purchase(event: &StripeEvent) -> Result<Purchase, Ignored> {
    if event.is_thin {
        return Err(Ignored::Thin);
    }
    if event.account.is_some() {
        return Err(Ignored::Connect);
    }
    if event.event_type.is_empty() {
        return Err(Ignored::NoType);
    }
    let livemode = event.livemode.ok_or(Ignored::NoLivemode)?;
    let object = &event.object;
    let purchase = match &*event.event_type {
        "payment_intent.succeeded" => Purchase::from_payment_intent(object, livemode),
        "checkout.session.completed"
        | "checkout.session.async_payment_succeeded"
        | "checkout.session.async_payment_failed" => match object["mode"].as_str() {
            Some("payment") => Purchase::from_session(object, livemode),
            Some("subscription") => return Err(Ignored::Subscription),
            _ => return Err(Ignored::NotAPayment),
        },
        other => return Err(Ignored::OtherType(other.to_owned())),
    };
    purchase.ok_or(Ignored::NoProduct)
}

enum Payment {
    Paid,
    Unpaid,
    Failed,
}

impl Payment {
    /// A completed session says whether it is paid; the other types say it by their name.
    fn of(event: &StripeEvent) -> Self {
        match &*event.event_type {
            "checkout.session.async_payment_failed" => Self::Failed,
            "checkout.session.completed" => match event.object["payment_status"].as_str() {
                Some("paid" | "no_payment_required") => Self::Paid,
                _ => Self::Unpaid,
            },
            _ => Self::Paid,
        }
    }
}
