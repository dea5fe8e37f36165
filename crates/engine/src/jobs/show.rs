//! Telling the mail or the event that a job is about what became of it, where the job could not itself:
//! the Dashboard reads it there.

use domain::ids::{MailId, StripeEventId};
use store::jobs::Job;
use store::mails::{self, Attempt};
use store::{Tx, stripe_events};
use uuid::Uuid;

use crate::Engine;
use crate::error::Result;
use crate::jobs::{DELIVER_MAIL, PROCESS_EVENT, id_in};

/// Writes the state (`retrying` or `failed`) and why, unless an end was reached already.
pub(super) async fn execute(
    engine: &Engine,
    tx: &mut Tx,
    job: &Job,
    end: (&str, &str),
) -> Result<()> {
    match job.kind.as_str() {
        DELIVER_MAIL => tell_mail(engine, tx, job, end).await,
        PROCESS_EVENT => tell_event(tx, job, end).await,
        _ => Ok(()),
    }
}

async fn tell_mail(
    engine: &Engine,
    tx: &mut Tx,
    job: &Job,
    (state, why): (&str, &str),
) -> Result<()> {
    let Some(id) = id_in::<MailId>(job, "mailId") else {
        return Ok(());
    };
    let found = mails::find(tx, job.tenant_id, id).await?;
    if found.is_none_or(|mail| matches!(mail.state.as_str(), "sent" | "failed")) {
        return Ok(());
    }
    let attempt = Attempt {
        id: engine.new_id::<Uuid>(),
        state,
        answer: why,
        now: engine.now().millis(),
    };
    mails::note_attempt(tx, job.tenant_id, id, &attempt).await?;
    Ok(())
}

async fn tell_event(tx: &mut Tx, job: &Job, (state, why): (&str, &str)) -> Result<()> {
    let Some(id) = id_in::<StripeEventId>(job, "eventId") else {
        return Ok(());
    };
    let found = stripe_events::find(tx, job.tenant_id, id).await?;
    if found.is_none_or(|event| event.status == "failed") {
        return Ok(());
    }
    let status = if state == "failed" {
        "failed"
    } else {
        "verified"
    };
    stripe_events::fail(tx, job.tenant_id, id, (state, status, why)).await?;
    Ok(())
}
