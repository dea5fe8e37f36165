//! Jobs: what happens after a commit. Each kind is a file; this one takes the next and ends it.

mod deliver_mail;
mod process_stored_event;

use domain::timestamp::Timestamp;
use store::jobs::{self, Job};

use crate::Engine;
use crate::error::Result;
use crate::stripe::process_event::describe;

pub(crate) const DELIVER_MAIL: &str = "deliver_mail";
pub(crate) const PROCESS_EVENT: &str = "process_event";

/// A claimed job belongs to its worker for so long; a killed worker's job is free again after it.
const LEASE_SECONDS: i64 = 60;

/// How a job ended.
pub(crate) enum End {
    /// Done; its work is committed.
    Done,
    /// Worth trying again at this time.
    Again(Timestamp, String),
    /// Not worth trying again; it stays to be looked at.
    Dead(String),
}

/// Takes one job that is due and does it; false where none is due.
pub async fn run_next(engine: &Engine) -> Result<bool> {
    let Some(job) = claim(engine).await? else {
        return Ok(false);
    };
    let end = match job.kind.as_str() {
        DELIVER_MAIL => deliver_mail::execute(engine, &job).await,
        PROCESS_EVENT => process_stored_event::execute(engine, &job).await,
        _ => Ok(End::Dead("no worker knows this kind of job".into())),
    };
    let end = end.unwrap_or_else(|error| {
        tracing::error!(job.id = %job.id, job.kind, ?error, "a job met a fault");
        End::Again(backoff(engine.now(), job.attempts), describe(&error))
    });
    finish(engine, &job, &end).await?;
    Ok(true)
}

/// When the next job is due; `None` where none waits.
pub async fn next_due(engine: &Engine) -> Result<Option<Timestamp>> {
    let mut conn = engine.read().await?;
    Ok(jobs::next_due(&mut conn).await?.map(Timestamp::from_millis))
}

async fn claim(engine: &Engine) -> Result<Option<Job>> {
    let now = engine.now();
    // A look costs no turn at the writer; most looks find nothing.
    if next_due(engine).await?.is_none_or(|due| due > now) {
        return Ok(None);
    }
    let lease = now.plus_seconds(LEASE_SECONDS).millis();
    // Without a mail server mails wait in the outbox, and cost nothing.
    let except = if engine.has_mailer() {
        ""
    } else {
        DELIVER_MAIL
    };
    let mut tx = engine.begin().await?;
    let job = jobs::claim(&mut tx, now.millis(), lease, except).await?;
    tx.commit().await?;
    Ok(job)
}

async fn finish(engine: &Engine, job: &Job, end: &End) -> Result<()> {
    let mut tx = engine.begin().await?;
    match end {
        End::Done => jobs::finish(&mut tx, job).await?,
        End::Again(at, why) => jobs::retry(&mut tx, job, (at.millis(), why)).await?,
        End::Dead(why) => jobs::bury(&mut tx, job, why).await?,
    };
    tx.commit().await?;
    Ok(())
}

/// 10 s, 1 min, 5 min, 30 min, 2 h, then every 6 h.
pub(crate) fn backoff(now: Timestamp, attempts: i32) -> Timestamp {
    match attempts {
        ..=1 => now.plus_seconds(10),
        2 => now.plus_minutes(1),
        3 => now.plus_minutes(5),
        4 => now.plus_minutes(30),
        5 => now.plus_hours(2),
        _ => now.plus_hours(6),
    }
}

/// An id out of a job's payload.
pub(crate) fn id_in<T: std::str::FromStr>(job: &Job, name: &str) -> Option<T> {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).ok()?;
    payload.get(name)?.as_str()?.parse().ok()
}
