//! Jobs: what happens after a commit. Each kind is a file; this one takes the next and ends it.
//!
//! Every job ends. Tries are counted when a job is taken, so that one which panics, or whose worker is
//! killed each time, comes to its limit too; what it was about is then shown as failed.

mod deliver_mail;
mod process_stored_event;
mod show;

use domain::timestamp::Timestamp;
use store::jobs::{self, Job};

use crate::Engine;
use crate::error::Result;
use crate::stripe::process_event::describe;

pub(crate) const DELIVER_MAIL: &str = "deliver_mail";
pub(crate) const PROCESS_EVENT: &str = "process_event";

/// Every kind of job.
pub(crate) const KINDS: [&str; 2] = [DELIVER_MAIL, PROCESS_EVENT];

/// Tries of any job, whatever becomes of them: two to three days. A kind may give up earlier.
const TRIES: i32 = 16;

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
    /// It failed on our side: tried again until the tries are used up.
    Fault(String),
}

/// Takes one job that is due and does it; false where none is due.
pub async fn run_next(engine: &Engine) -> Result<bool> {
    let Some(job) = claim(engine).await? else {
        return Ok(false);
    };
    let end = if job.attempts > TRIES {
        End::Dead(format!(
            "It was begun {TRIES} times and its worker was ended each time."
        ))
    } else {
        attempt(engine, &job).await
    };
    finish(engine, &job, end).await?;
    Ok(true)
}

/// On a task of its own, so that a panic ends the try and nothing else.
async fn attempt(engine: &Engine, job: &Job) -> End {
    let task = {
        let (engine, job) = (engine.clone(), job.clone());
        tokio::spawn(async move { execute(&engine, &job).await })
    };
    match task.await {
        Ok(Ok(end)) => end,
        Ok(Err(error)) => {
            tracing::error!(job.id = %job.id, job.kind, ?error, "a job met a fault");
            End::Fault(describe(&error))
        }
        Err(_) => {
            tracing::error!(job.id = %job.id, job.kind, "a job panicked");
            End::Fault("The program met a fault (a panic); the server's log says where.".into())
        }
    }
}

async fn execute(engine: &Engine, job: &Job) -> Result<End> {
    match job.kind.as_str() {
        DELIVER_MAIL => deliver_mail::execute(engine, job).await,
        PROCESS_EVENT => process_stored_event::execute(engine, job).await,
        _ => Ok(End::Dead("no worker knows this kind of job".into())),
    }
}

/// When the next job is due that can be done now; `None` where none waits.
pub async fn next_due(engine: &Engine) -> Result<Option<Timestamp>> {
    let mut conn = engine.read().await?;
    let event = jobs::next_due(&mut conn, PROCESS_EVENT).await?;
    // Without any mail server mails wait in the outbox, and cost nothing, however many they are.
    let mail = if engine.has_mailer() {
        jobs::next_due(&mut conn, DELIVER_MAIL).await?
    } else {
        jobs::next_due_for_own_servers(&mut conn, DELIVER_MAIL).await?
    };
    let soonest = event.into_iter().chain(mail).min();
    Ok(soonest.map(Timestamp::from_millis))
}

async fn claim(engine: &Engine) -> Result<Option<Job>> {
    let now = engine.now();
    // A look costs no turn at the writer; most looks find nothing.
    if next_due(engine).await?.is_none_or(|due| due > now) {
        return Ok(None);
    }
    let lease = now.plus_seconds(LEASE_SECONDS).millis();
    let mut tx = engine.begin();
    let now = now.millis();
    // The more urgent kind first.
    let mut job = jobs::claim(&mut tx, now, lease, PROCESS_EVENT).await?;
    if job.is_none() {
        job = if engine.has_mailer() {
            jobs::claim(&mut tx, now, lease, DELIVER_MAIL).await?
        } else {
            jobs::claim_for_own_servers(&mut tx, now, lease, DELIVER_MAIL).await?
        };
    }
    tx.commit().await?;
    Ok(job)
}

async fn finish(engine: &Engine, job: &Job, end: End) -> Result<()> {
    let end = match end {
        End::Fault(why) if job.attempts >= TRIES => End::Dead(why),
        other => other,
    };
    let mut tx = engine.begin();
    match end {
        End::Done => jobs::finish(&mut tx, job).await?,
        End::Again(at, why) => jobs::retry(&mut tx, job, (at.millis(), &why)).await?,
        End::Fault(why) => {
            show::execute(engine, &mut tx, job, ("retrying", &why)).await?;
            let at = backoff(engine.now(), job.attempts);
            jobs::retry(&mut tx, job, (at.millis(), &why)).await?
        }
        End::Dead(why) => {
            show::execute(engine, &mut tx, job, ("failed", &why)).await?;
            jobs::bury(&mut tx, job, &why).await?
        }
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
