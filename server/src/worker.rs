//! The worker: takes jobs when they are queued or due, writes what requests put aside, and forgets
//! what has expired.

use std::time::Duration;

use engine::{Engine, housekeeping, jobs};
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

/// Jobs done at the same time. Most of a job is waiting for a mail server.
const HANDS: usize = 4;
/// A job of another node, or one that became due, is seen after so long at the latest.
const LOOK_AROUND: Duration = Duration::from_secs(1);
/// How often what has expired is forgotten.
const FORGET: Duration = Duration::from_hours(1);

/// Works until `stop`; then ends what is under way.
pub async fn run(engine: Engine, stop: CancellationToken) {
    let mut tasks = JoinSet::new();
    for _ in 0..HANDS {
        tasks.spawn(work(engine.clone(), stop.clone()));
    }
    tasks.spawn(put_down(engine.clone(), stop.clone()));
    tasks.spawn(forget(engine, stop));
    while tasks.join_next().await.is_some() {}
}

async fn work(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match run_next(engine.clone()).await {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(?error, "no job could be taken"),
            Err(_) => tracing::error!(
                "a job could not be taken or ended: a panic; it is taken again after its lease"
            ),
        }
        tokio::select! {
            () = engine.job_queued() => {}
            () = sleep(LOOK_AROUND) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// On a task of its own: a job that panics must not take the worker's hand with it.
async fn run_next(engine: Engine) -> Result<engine::Result<bool>, tokio::task::JoinError> {
    tokio::spawn(async move { jobs::run_next(&engine).await }).await
}

/// Each on a task of its own: however much has expired, what was put aside is written every second.
async fn put_down(engine: Engine, stop: CancellationToken) {
    let mut second = every(LOOK_AROUND);
    while next(&mut second, &stop).await {
        if let Err(error) = housekeeping::flush(&engine).await {
            tracing::error!(?error, "what was put aside could not be written");
        }
    }
}

async fn forget(engine: Engine, stop: CancellationToken) {
    let mut hour = every(FORGET);
    while next(&mut hour, &stop).await {
        if let Err(error) = housekeeping::prune(&engine).await {
            tracing::error!(?error, "what has expired could not be forgotten");
        }
    }
}

fn every(time: Duration) -> Interval {
    let mut interval = interval(time);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Whether its time has come, and not the end.
async fn next(interval: &mut Interval, stop: &CancellationToken) -> bool {
    tokio::select! {
        _ = interval.tick() => true,
        () = stop.cancelled() => false,
    }
}
