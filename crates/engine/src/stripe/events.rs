//! The event log: lines, and one event with everything that is known of it.

use domain::ids::{LicenseId, OrderId, StripeAppId, StripeDeliveryId, StripeEventId};
use domain::stripe_payload::KeptPayload;
use domain::stripe_signature::SignatureHeader;
use domain::timestamp::Timestamp;
use store::event_log;
use store::stripe_apps::StripeApp;
use store::stripe_deliveries::{self, StripeDelivery};
use store::stripe_events::{self, StripeEvent};
use store::{Conn, licenses, stripe_apps, tenants};
use uuid::Uuid;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::stripe::secrets::SigningSecrets;

pub use store::event_log::{EventFilter, EventLine};

/// Lines of the log at most.
const LIMIT: i64 = 200;

/// One event or refused delivery, whole.
#[derive(Debug, Clone)]
pub struct EventDetail {
    /// Id of the event or of the delivery.
    pub id: Uuid,
    /// False for a refused delivery, whose claims prove nothing.
    pub is_event: bool,
    /// Stripe's `evt_…`, possibly only claimed.
    pub stripe_event_id: String,
    /// Stripe's type, possibly only claimed.
    pub event_type: String,
    /// `received`, `verified` or `failed`.
    pub status: String,
    /// `signature` or `stripe`; empty where nobody vouches.
    pub source: String,
    /// Word of the processing state.
    pub processing: String,
    /// What came of it.
    pub outcome: String,
    /// The first error.
    pub error: Option<String>,
    /// The app that vouched, or that the URL names.
    pub app: Option<(StripeAppId, String)>,
    /// Stripe's API version, or empty.
    pub api_version: String,
    /// How often it came.
    pub receipts: i64,
    /// First receipt.
    pub received_at: Timestamp,
    /// When processing ended.
    pub processed_at: Option<Timestamp>,
    /// The payload as it came, but for client secrets; absent above 64 KiB.
    pub payload: Option<String>,
    /// Length in bytes of a body that was too large to be kept.
    pub unkept_bytes: Option<i64>,
    /// App by app, why the signature matched or did not.
    pub attempts: Vec<VerificationAttempt>,
    /// The order that it concerns.
    pub order_id: Option<OrderId>,
    /// The licences of that order, with the last four characters of their keys.
    pub issued: Vec<(LicenseId, String)>,
}

/// How one app's secrets fared against a signature.
#[derive(Debug, Clone)]
pub struct VerificationAttempt {
    /// The app.
    pub app_id: StripeAppId,
    /// The app's name.
    pub app: String,
    /// Live or test.
    pub is_live: bool,
    /// True where a secret of this app made the signature.
    pub matched: bool,
    /// What was found, a few words.
    pub finding: &'static str,
}

/// The log. Page counts from 0.
pub async fn list(
    engine: &Engine,
    actor: &Actor,
    (mut filter, page): (EventFilter, i64),
) -> Result<Vec<EventLine>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    filter.with_shared = sees_shared(&mut conn, actor).await?;
    filter.limit = filter.limit.clamp(1, LIMIT);
    filter.offset = page.clamp(0, 10_000) * filter.limit;
    Ok(event_log::list(&mut conn, actor.tenant(), &filter).await?)
}

/// Deliveries of the shared URL name no tenant: they are shown to the only tenant, or to the operator.
pub(crate) async fn sees_shared(conn: &mut Conn, actor: &Actor) -> Result<bool> {
    Ok(actor.is_operator() || tenants::list(conn).await?.len() == 1)
}

/// One line of the log with payload, attempts and what it issued.
pub async fn detail(engine: &Engine, actor: &Actor, id: Uuid) -> Result<EventDetail> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let event = stripe_events::find(&mut conn, actor.tenant(), StripeEventId::from(id)).await?;
    if let Some(event) = event {
        return of_event(&mut conn, actor, event).await;
    }
    let delivery = find_delivery(&mut conn, actor, StripeDeliveryId::from(id)).await?;
    of_delivery(engine, &mut conn, (actor, delivery)).await
}

/// A refused delivery that the actor may see.
pub(crate) async fn find_delivery(
    conn: &mut Conn,
    actor: &Actor,
    id: StripeDeliveryId,
) -> Result<StripeDelivery> {
    let delivery = stripe_deliveries::find(conn, actor.tenant(), id).await?;
    let sees_shared = sees_shared(conn, actor).await?;
    delivery
        .filter(|d| d.tenant_id.is_some() || sees_shared)
        .ok_or(Error::NotFound("event"))
}

async fn of_event(conn: &mut Conn, actor: &Actor, event: StripeEvent) -> Result<EventDetail> {
    let tenant = actor.tenant();
    let app = stripe_apps::find(conn, tenant, event.app_id).await?;
    let order_id = event.order_id.map(OrderId::from);
    let mut issued = Vec::new();
    if let Some(order) = order_id {
        let licenses = licenses::list_by_order(conn, tenant, order).await?;
        issued = licenses.into_iter().map(|l| (l.id, l.last_four)).collect();
    }
    let attempts = app.iter().map(|app| VerificationAttempt {
        app_id: app.id,
        app: app.name.clone(),
        is_live: app.is_live,
        matched: true,
        finding: if event.source == "stripe" {
            "fetched from Stripe with this app's key"
        } else {
            "its signing secret made the signature"
        },
    });
    Ok(EventDetail {
        id: event.id.get(),
        is_event: true,
        attempts: attempts.collect(),
        app: app.map(|app| (app.id, app.name)),
        stripe_event_id: event.stripe_event_id,
        event_type: event.event_type,
        status: event.status,
        source: event.source,
        processing: event.processing,
        outcome: event.outcome,
        error: event.error,
        api_version: event.api_version,
        receipts: event.receipts,
        received_at: Timestamp::from_millis(event.received_at),
        processed_at: event.processed_at.map(Timestamp::from_millis),
        payload: Some(KeptPayload::of(&event.payload).into_string()),
        unkept_bytes: None,
        order_id,
        issued,
    })
}

async fn of_delivery(
    engine: &Engine,
    conn: &mut Conn,
    (actor, delivery): (&Actor, StripeDelivery),
) -> Result<EventDetail> {
    let body = open_body(engine, &delivery);
    let mut attempts = Vec::new();
    let header = SignatureHeader::parse(&delivery.signature).ok();
    let mut named = None;
    for app in stripe_apps::list(conn, actor.tenant()).await? {
        if delivery.app_id.is_some_and(|id| id != app.id.get()) {
            continue;
        }
        let secrets = engine.secrets().load(engine, conn, &app).await?;
        let at = Timestamp::from_millis(delivery.first_at);
        let seen = (header.as_ref(), body.as_deref(), at);
        attempts.push(attempt(&app, &secrets, seen));
        if delivery.app_id.is_some() {
            named = Some((app.id, app.name));
        }
    }
    Ok(EventDetail {
        id: delivery.id.get(),
        is_event: false,
        stripe_event_id: delivery.claimed_event_id,
        event_type: delivery.claimed_type,
        status: delivery.status,
        source: String::new(),
        processing: "failed".into(),
        outcome: String::new(),
        error: Some(delivery.cause),
        app: named,
        api_version: String::new(),
        receipts: delivery.receipts,
        received_at: Timestamp::from_millis(delivery.first_at),
        processed_at: None,
        payload: body.as_deref().map(shown),
        unkept_bytes: delivery
            .body_sealed
            .is_none()
            .then_some(delivery.body_bytes),
        attempts,
        order_id: None,
        issued: Vec::new(),
    })
}

/// What is shown of a body that proves nothing: it is kept whole, to be verified again.
fn shown(body: &[u8]) -> String {
    KeptPayload::of(&String::from_utf8_lossy(body)).into_string()
}

/// The body as it came, where it was kept.
pub(crate) fn open_body(engine: &Engine, delivery: &StripeDelivery) -> Option<Vec<u8>> {
    let sealed = delivery.body_sealed.as_ref()?;
    let body = engine
        .installation()
        .open_delivery(&delivery.id.to_string(), sealed)?;
    Some(body.to_vec())
}

/// Judged with today's secrets: what a replay would find.
fn attempt(
    app: &StripeApp,
    secrets: &SigningSecrets,
    (header, body, at): (Option<&SignatureHeader>, Option<&[u8]>, Timestamp),
) -> VerificationAttempt {
    let matched = match (header, body) {
        (Some(header), Some(body)) => secrets.active(at).any(|s| header.matches(s, body)),
        _ => false,
    };
    let finding = match (app.is_active, header, matched) {
        (false, ..) => "not active, not tried",
        (_, None, _) => "no readable signature to compare with",
        (_, _, true) => "its signing secret made the signature",
        _ if secrets.is_unreadable => "its signing secret cannot be read: save it again",
        _ if app.signing_secret_sealed.is_none() => "no signing secret, not tried",
        _ if body.is_none() => "the body was not kept, not tried",
        _ => "signature differs",
    };
    VerificationAttempt {
        app_id: app.id,
        app: app.name.clone(),
        is_live: app.is_live,
        matched: matched && app.is_active,
        finding,
    }
}
