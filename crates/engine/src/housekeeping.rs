//! What is written behind, and what is forgotten: the worker's regular rounds.

use crate::Engine;
use crate::accounts::session;
use crate::devices::sightings;
use crate::error::Result;
use crate::stripe::deliveries;
use crate::{flash, idempotency, tokens};

/// Writes what requests put aside: refused deliveries, sessions, tokens and devices seen. The worker calls it
/// every second and at shutdown; a crash loses that second, never an event, an order, a key or an activation.
pub async fn flush(engine: &Engine) -> Result<()> {
    deliveries::flush(engine).await?;
    session::flush(engine).await?;
    tokens::flush(engine).await?;
    sightings::flush(engine).await?;
    Ok(())
}

/// The same at shutdown, with what waits for its minute.
pub async fn flush_all(engine: &Engine) -> Result<()> {
    flush(engine).await?;
    sightings::flush_all(engine).await
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
