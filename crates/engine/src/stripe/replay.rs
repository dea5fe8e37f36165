//! Replaying an event: idempotent, and never on the word of stored text alone.
//!
//! What was verified is processed again, which changes nothing that is done. What was refused is
//! verified again with today's secrets and the clock of its receipt, or fetched from Stripe by its id.
//! Who did it stands in the change log as soon as what came of it is written, and no sooner.

use domain::ids::{StripeDeliveryId, StripeEventId};
use domain::permission::Permission;
use domain::stripe_event::StripeEvent;
use domain::stripe_payload::KeptPayload;
use domain::stripe_signature::SignatureHeader;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::stripe_apps::StripeApp;
use store::stripe_deliveries::{self, StripeDelivery};
use store::{Conn, Tx, stripe_apps, stripe_events};
use uuid::Uuid;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::ports::StripeProblem;
use crate::stripe::apps::check_key::secret_key;
use crate::stripe::events::{find_delivery, open_body};
use crate::stripe::process_event::{self, Vouched};
use crate::stripe::receive_event::agree_on_mode;

/// Somebody's wish that an event be processed again.
#[derive(Clone, Copy)]
pub(crate) struct Replay<'a> {
    /// Who wishes it.
    pub by: &'a Actor,
    /// The refused delivery that becomes an event by it.
    pub of: Option<StripeDeliveryId>,
}

impl Replay<'_> {
    /// Writes who did it, in the transaction that does it; the delivery is an event from then on.
    pub(crate) async fn note(
        &self,
        engine: &Engine,
        tx: &mut Tx,
        (event, livemode): (StripeEventId, bool),
    ) -> Result<()> {
        let what = Change {
            subject: ("stripe_event", event.to_string()),
            verb: "replayed",
            data: json!({}),
            livemode,
        };
        change::write(tx, self.by, engine.now(), what);
        if let Some(delivery) = self.of {
            stripe_deliveries::remove(tx, self.by.tenant(), delivery).await?;
        }
        Ok(())
    }
}

/// Processes an event again; answers what came of it. Refused with a conflict where still nobody
/// vouches for it.
pub async fn execute(engine: &Engine, actor: &Actor, id: Uuid) -> Result<String> {
    actor.may(Permission::Manage)?;
    let mut conn = engine.read().await?;
    let event = stripe_events::find(&mut conn, actor.tenant(), StripeEventId::from(id)).await?;
    if let Some(event) = event {
        return again(engine, conn, (actor, event)).await;
    }
    let delivery = find_delivery(&mut conn, actor, StripeDeliveryId::from(id)).await?;
    drop(conn);
    of_delivery(engine, actor, delivery).await
}

/// The id under which the log shows an event once somebody vouched for it: a refused delivery
/// that a replay accepted goes on as an event of its own.
pub async fn accepted_as(
    engine: &Engine,
    actor: &Actor,
    stripe_event_id: &str,
) -> Result<StripeEventId> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let event =
        stripe_events::find_by_stripe_id(&mut conn, actor.tenant(), stripe_event_id).await?;
    event.map(|event| event.id).ok_or(Error::NotFound("event"))
}

async fn again(
    engine: &Engine,
    mut conn: Conn,
    (actor, row): (&Actor, stripe_events::StripeEvent),
) -> Result<String> {
    let app = stripe_apps::find(&mut conn, actor.tenant(), row.app_id)
        .await?
        .ok_or(Error::NotFound("Stripe app"))?;
    drop(conn);
    let event = StripeEvent::parse(row.payload.as_bytes())
        .map_err(|_| Error::fault("a stored event cannot be read"))?;
    let vouched = Vouched {
        app: &app,
        event: &event,
        source: if row.source == "stripe" {
            "stripe"
        } else {
            "signature"
        },
        payload: KeptPayload::of(&row.payload),
        received_at: Timestamp::from_millis(row.received_at),
        replay: Some(Replay {
            by: actor,
            of: None,
        }),
    };
    process_event::execute(engine, &vouched).await
}

async fn of_delivery(engine: &Engine, actor: &Actor, delivery: StripeDelivery) -> Result<String> {
    if let Some((app, body)) = verify_again(engine, actor, &delivery).await? {
        return accept(engine, (actor, &delivery), (&app, &body, "signature")).await;
    }
    if let Some((app, body)) = fetch(engine, actor, &delivery).await? {
        let fetched = (&app, body.as_bytes(), "stripe");
        return accept(engine, (actor, &delivery), fetched).await;
    }
    Err(Error::Conflict {
        code: "still_not_verified",
        message: format!(
            "still not verified: {}. Save the right signing secret of the endpoint, then replay; \
             or let Stripe send it again.",
            delivery.cause
        ),
    })
}

/// The actor's apps that may vouch for a delivery: the one that its URL names, or any of the tenant.
async fn candidates(
    conn: &mut Conn,
    actor: &Actor,
    delivery: &StripeDelivery,
) -> Result<Vec<StripeApp>> {
    let mut apps = stripe_apps::list(conn, actor.tenant()).await?;
    apps.retain(|app| app.is_active && delivery.app_id.is_none_or(|id| id == app.id.get()));
    Ok(apps)
}

async fn verify_again(
    engine: &Engine,
    actor: &Actor,
    delivery: &StripeDelivery,
) -> Result<Option<(StripeApp, Vec<u8>)>> {
    let received = Timestamp::from_millis(delivery.first_at);
    let header = SignatureHeader::parse(&delivery.signature).ok();
    let Some(header) = header.filter(|header| header.is_fresh(received)) else {
        return Ok(None);
    };
    let Some(body) = open_body(engine, delivery) else {
        return Ok(None);
    };
    let mut conn = engine.read().await?;
    for app in candidates(&mut conn, actor, delivery).await? {
        let secrets = engine.secrets().load(engine, &mut conn, &app).await?;
        if secrets
            .active(engine.now())
            .any(|secret| header.matches(secret, &body))
        {
            return Ok(Some((app, body)));
        }
    }
    Ok(None)
}

/// Asks Stripe for the claimed id with each app's key: what Stripe answers, Stripe vouches for.
async fn fetch(
    engine: &Engine,
    actor: &Actor,
    delivery: &StripeDelivery,
) -> Result<Option<(StripeApp, String)>> {
    if delivery.claimed_event_id.is_empty() {
        return Ok(None);
    }
    let mut conn = engine.read().await?;
    let mut with_keys = Vec::new();
    for app in candidates(&mut conn, actor, delivery).await? {
        if let Ok(key) = secret_key(engine, &mut conn, &app).await {
            with_keys.push((app, key));
        }
    }
    drop(conn);
    for (app, key) in with_keys {
        match engine
            .stripe()
            .retrieve_event(&key, &delivery.claimed_event_id)
            .await
        {
            Ok(body) => return Ok(Some((app, body))),
            Err(StripeProblem::Unreachable) => {
                return Err(Error::Upstream(StripeProblem::Unreachable.to_string()));
            }
            Err(_) => {}
        }
    }
    Ok(None)
}

async fn accept(
    engine: &Engine,
    (actor, delivery): (&Actor, &StripeDelivery),
    (app, body, source): (&StripeApp, &[u8], &'static str),
) -> Result<String> {
    let refuse = |why: String| Error::Conflict {
        code: "still_not_verified",
        message: format!("still not verified: {why}"),
    };
    let event = StripeEvent::parse(body).map_err(|refusal| refuse(refusal.to_string()))?;
    if event.id != delivery.claimed_event_id {
        return Err(refuse("Stripe answered another event".into()));
    }
    agree_on_mode(&event, app).map_err(|cause| refuse(cause.to_string()))?;
    let payload = String::from_utf8_lossy(body);
    let vouched = Vouched {
        app,
        event: &event,
        source,
        payload: KeptPayload::of(&payload),
        received_at: Timestamp::from_millis(delivery.first_at),
        replay: Some(Replay {
            by: actor,
            of: Some(delivery.id),
        }),
    };
    process_event::execute(engine, &vouched).await
}
