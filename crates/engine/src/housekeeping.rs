//! What is written behind, and what is forgotten: the worker's regular rounds.

use crate::Engine;
use crate::accounts::session;
use crate::devices::sightings;
use crate::error::Result;
use crate::stripe::deliveries;
use crate::{flash, idempotency, tokens};

/// Writes what requests put aside: refused deliveries, sessions, tokens and devices seen. The worker calls it
/// every second, and the server once more at its end; a crash loses that second, never an event, an order, a key
/// or an activation. What one of them cannot write keeps none of the others from being written.
pub async fn flush(engine: &Engine) -> Result<()> {
    let deliveries = deliveries::flush(engine).await.map(drop);
    let sessions = session::flush(engine).await.map(drop);
    let tokens = tokens::flush(engine).await.map(drop);
    let sightings = sightings::flush(engine).await;
    deliveries.and(sessions).and(tokens).and(sightings)
}

/// Forgets what has expired: refused deliveries, sessions, form errors on their way back, answers kept for repeats.
/// The worker calls it once an hour.
pub async fn prune(engine: &Engine) -> Result<()> {
    deliveries::prune(engine).await?;
    session::prune(engine).await?;
    flash::prune(engine).await?;
    idempotency::prune(engine).await?;
    Ok(())
}
