//! Taking up an event that was stored alone because something of ours failed.

use domain::ids::{StripeAppId, StripeEventId};
use domain::stripe_event::StripeEvent;
use domain::stripe_payload::KeptPayload;
use domain::timestamp::Timestamp;
use store::jobs::Job;
use store::{stripe_apps, stripe_events};

use crate::Engine;
use crate::error::Result;
use crate::jobs::{End, backoff, id_in};
use crate::stripe::process_event::{self, Vouched, describe};

/// Tries before an event is given up and shown as failed.
const TRIES: i32 = 12;

pub(super) async fn execute(engine: &Engine, job: &Job) -> Result<End> {
    let Some(id) = id_in::<StripeEventId>(job, "eventId") else {
        return Ok(End::Dead("its payload names no event".into()));
    };
    let mut conn = engine.read().await?;
    let Some(row) = stripe_events::find(&mut conn, job.tenant_id, id).await? else {
        return Ok(End::Dead("its event is gone".into()));
    };
    let app_id: StripeAppId = row.app_id;
    let Some(app) = stripe_apps::find(&mut conn, job.tenant_id, app_id).await? else {
        return Ok(End::Dead("its Stripe app is gone".into()));
    };
    drop(conn);
    let Ok(event) = StripeEvent::parse(row.payload.as_bytes()) else {
        return Ok(End::Dead("its payload cannot be read".into()));
    };
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
        replay: None,
    };
    match process_event::attempt(engine, &vouched).await {
        Ok(_) => Ok(End::Done),
        Err(error) => {
            let why = describe(&error);
            let gives_up = job.attempts >= TRIES;
            let state = if gives_up {
                ("failed", "failed")
            } else {
                ("retrying", "verified")
            };
            let mut tx = engine.begin();
            stripe_events::fail(&mut tx, job.tenant_id, id, (state.0, state.1, &why)).await?;
            tx.commit().await?;
            tracing::error!(job.id = %job.id, ?error, "a stored event could not be processed");
            if gives_up {
                return Ok(End::Dead(why));
            }
            Ok(End::Again(backoff(engine.now(), job.attempts), why))
        }
    }
}
