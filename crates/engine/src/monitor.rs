//! The state of the whole installation in a few numbers, for whoever is woken at night.

use domain::timestamp::Timestamp;
use store::monitor::{self, Backlog, Count};

use crate::Engine;
use crate::error::Result;
use crate::jobs::KINDS;

/// What is counted by time is counted over so long.
const WINDOW_HOURS: i64 = 1;

/// All tenants together, test and live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Events received within the last hour, by word of processing; a word without events is absent.
    pub events: Vec<(String, i64)>,
    /// Mails written within the last hour, by word of state; a state without mails is absent.
    pub mails: Vec<(String, i64)>,
    /// Licences issued within the last hour.
    pub licenses: i64,
    /// Orders that wait for somebody's decision.
    pub orders_in_review: i64,
    /// Every kind of job, with or without jobs.
    pub jobs: Vec<Jobs>,
}

/// The jobs of one kind that are not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jobs {
    /// What is to be done.
    pub kind: String,
    /// How many are under way, wait, or will be tried again.
    pub waiting: i64,
    /// How many were given up.
    pub dead: i64,
    /// For how long the oldest of those that wait has been waiting, seconds; 0 where none waits.
    pub oldest_waiting_seconds: i64,
}

/// Reads everything from one connection.
pub async fn execute(engine: &Engine) -> Result<Reading> {
    let now = engine.now();
    let since = now.plus_hours(-WINDOW_HOURS).millis();
    let mut conn = engine.read().await?;
    let backlog = monitor::backlog(&mut conn).await?;
    Ok(Reading {
        events: pairs(monitor::events_since(&mut conn, since).await?),
        mails: pairs(monitor::mails_since(&mut conn, since).await?),
        licenses: monitor::licenses_since(&mut conn, since).await?,
        orders_in_review: monitor::orders_in_review(&mut conn).await?,
        jobs: KINDS.map(|kind| jobs(kind, &backlog, now)).to_vec(),
    })
}

fn pairs(counts: Vec<Count>) -> Vec<(String, i64)> {
    counts.into_iter().map(|c| (c.word, c.count)).collect()
}

fn jobs(kind: &str, backlog: &[Backlog], now: Timestamp) -> Jobs {
    let find = |state: &str| backlog.iter().find(|b| b.kind == kind && b.state == state);
    let waiting = find("queued");
    let age = waiting.map_or(0, |b| now.millis().saturating_sub(b.oldest_created_at));
    Jobs {
        kind: kind.to_owned(),
        waiting: waiting.map_or(0, |b| b.count),
        dead: find("dead").map_or(0, |b| b.count),
        oldest_waiting_seconds: (age / 1_000).max(0),
    }
}
