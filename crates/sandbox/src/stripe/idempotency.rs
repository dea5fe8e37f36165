//! `Idempotency-Key`: the same key and parameters get the same answer, anything else is refused.

use axum::http::StatusCode;

use super::door::{Asked, Reply};
use super::error::StripeError;
use crate::account::Remembered;
use crate::world::World;

/// The answer that this key got before; refuses the key for another endpoint or other parameters.
pub(super) fn known(
    world: &mut World,
    account: &str,
    asked: &Asked,
) -> Result<Option<Reply>, StripeError> {
    let Some(key) = &asked.idempotency_key else {
        return Ok(None);
    };
    let Some(known) = world.account(account).remembered.get(key) else {
        return Ok(None);
    };
    if known.path != asked.path {
        let message = format!(
            "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{}' vs '{}'). Try using a key other than '{key}' if you meant to execute a different request.",
            asked.path, known.path
        );
        return Err(StripeError::idempotency(&message));
    }
    if known.params != asked.given {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request."
        );
        return Err(StripeError::idempotency(&message));
    }
    let status = StatusCode::from_u16(known.status).unwrap_or(StatusCode::OK);
    Ok(Some(Reply {
        status,
        body: known.body.clone(),
        replayed: true,
    }))
}

/// Keeps the first answer to a request that carries a key.
pub(super) fn remember(world: &mut World, account: &str, asked: &Asked, reply: &Reply) {
    let Some(key) = &asked.idempotency_key else {
        return;
    };
    let known = Remembered {
        path: asked.path.clone(),
        params: asked.given.clone(),
        status: reply.status.as_u16(),
        body: reply.body.clone(),
    };
    world.account(account).remembered.insert(key.clone(), known);
}
