//! The worker: takes jobs when they are queued or due, and flushes what was put aside.

use std::time::Duration;

use engine::{Engine, jobs, stripe};
use tokio_util::sync::CancellationToken;

/// Jobs done at the same time. Most of a job is waiting for a mail server.
const HANDS: usize = 4;
/// A job of another node, or one that became due, is seen after so long at the latest.
const LOOK_AROUND: Duration = Duration::from_secs(1);

/// Works until `stop`; then ends what is under way and flushes once more.
pub async fn run(engine: Engine, stop: CancellationToken) {
    let mut hands = tokio::task::JoinSet::new();
    for _ in 0..HANDS {
        hands.spawn(work(engine.clone(), stop.clone()));
    }
    while !stop.is_cancelled() {
        flush(&engine).await;
        tokio::select! {
            () = tokio::time::sleep(LOOK_AROUND) => {}
            () = stop.cancelled() => {}
        }
    }
    while hands.join_next().await.is_some() {}
    flush(&engine).await;
}

async fn work(engine: Engine, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match jobs::run_next(&engine).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(?error, "no job could be taken"),
        }
        tokio::select! {
            () = engine.job_queued() => {}
            () = tokio::time::sleep(LOOK_AROUND) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn flush(engine: &Engine) {
    if let Err(error) = stripe::deliveries::flush(engine).await {
        tracing::error!(?error, "refused deliveries could not be written");
    }
}
