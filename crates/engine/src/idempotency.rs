//! `Idempotency-Key`: the same call twice has one effect and one answer, for 24 hours.
//!
//! Answers are sealed with the tenant's key, for they may hold what an activation key holds.
//! An answer that showed a secret once is not kept at all.

use domain::ids::TenantId;
use store::Tx;
use store::idempotency_keys::{self, IdempotencyKey};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::keys::data_keys::{DataKeys, Place};

const HOURS: i64 = 24;
/// A call that runs longer has died; whether it had an effect, nobody knows.
const LONGEST_CALL_SECONDS: i64 = 120;
const LONGEST_KEY: usize = 255;

/// A call as its key sees it.
pub struct Call<'a> {
    /// The header's value.
    pub key: &'a str,
    /// The route's template with its method, for example `POST /api/plan`.
    pub route: &'a str,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
}

/// What to do with a call.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Begun {
    /// Do it, then [`finish`] it; or [`release`] it, if it had no effect.
    Fresh,
    /// It was done: give this answer again.
    Replay {
        /// HTTP status.
        status: u16,
        /// The body.
        answer: String,
    },
    /// The key stood for another call: 422.
    Mismatch,
    /// It was done, and its answer showed a secret once: 409 `already_created`.
    AlreadyCreated,
}

/// The answer that a call got.
pub enum Answer<'a> {
    /// May be given again: HTTP status and body.
    Repeatable(u16, &'a str),
    /// Showed a secret, and is not kept: HTTP status.
    ShownOnce(u16),
}

/// Takes the key for this call, or says what came of the first one.
pub async fn begin(engine: &Engine, actor: &Actor, call: &Call<'_>) -> Result<Begun> {
    check_key(call.key)?;
    let now = engine.now();
    let tenant = actor.tenant();
    let mut tx = engine.begin();
    let oldest = now.plus_hours(-HOURS).millis();
    idempotency_keys::forget_old(&mut tx, tenant, call.key, oldest).await?;
    let claim = (call.route, call.body_hash.as_slice(), now.millis());
    if idempotency_keys::claim(&mut tx, tenant, call.key, claim).await? {
        tx.commit().await?;
        return Ok(Begun::Fresh);
    }
    let known = idempotency_keys::find(&mut tx, tenant, call.key).await?;
    let known = known.ok_or(Error::fault("an idempotency key vanished"))?;
    judge(engine, &mut tx, (tenant, call), known).await
}

async fn judge(
    engine: &Engine,
    tx: &mut Tx,
    (tenant, call): (TenantId, &Call<'_>),
    known: IdempotencyKey,
) -> Result<Begun> {
    if known.route != call.route || known.body_hash != call.body_hash {
        return Ok(Begun::Mismatch);
    }
    if known.status == 0 {
        let age = engine.now().millis().saturating_sub(known.created_at);
        return Err(unfinished(age));
    }
    let Some(sealed) = known.answer_sealed else {
        return Ok(Begun::AlreadyCreated);
    };
    let keys = DataKeys::load(engine, tx, tenant).await?;
    let answer = keys
        .open_secret(&place(call.key), &sealed)
        .ok_or(Error::fault("a kept answer cannot be opened"))?;
    Ok(Begun::Replay {
        status: u16::try_from(known.status).map_err(|_| Error::fault("a kept status"))?,
        answer: answer.to_string(),
    })
}

fn unfinished(age_millis: i64) -> Error {
    if age_millis < LONGEST_CALL_SECONDS * 1000 {
        return Error::Conflict {
            code: "still_running",
            message: "The first call with this Idempotency-Key is still running. \
                      Try again in a few seconds."
                .into(),
        };
    }
    Error::Conflict {
        code: "outcome_unknown",
        message: "The first call with this Idempotency-Key was cut off. Look whether it had \
                  its effect; if not, call again with another key."
            .into(),
    }
}

/// Keeps the answer of a fresh call for its repetitions.
pub async fn finish(engine: &Engine, actor: &Actor, key: &str, answer: &Answer<'_>) -> Result<()> {
    let tenant = actor.tenant();
    let mut tx = engine.begin();
    let (status, sealed) = match *answer {
        Answer::ShownOnce(status) => (status, None),
        Answer::Repeatable(status, text) => {
            let keys = DataKeys::load(engine, &mut tx, tenant).await?;
            (status, Some(keys.seal_secret(engine, &place(key), text)?))
        }
    };
    let kept = (i32::from(status), sealed.as_deref());
    idempotency_keys::finish(&mut tx, tenant, key, kept).await?;
    Ok(tx.commit().await?)
}

/// Gives the key of a fresh call back that was refused or failed, and so had no effect.
pub async fn release(engine: &Engine, actor: &Actor, key: &str) -> Result<()> {
    let mut tx = engine.begin();
    idempotency_keys::release(&mut tx, actor.tenant(), key).await?;
    Ok(tx.commit().await?)
}

/// Forgets keys after their 24 hours; the worker calls it once an hour. Answers how many.
pub async fn prune(engine: &Engine) -> Result<u64> {
    let oldest = engine.now().plus_hours(-HOURS).millis();
    let mut tx = engine.begin();
    let count = idempotency_keys::prune(&mut tx, oldest).await?;
    tx.commit().await?;
    Ok(count)
}

fn check_key(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::field(
            "Idempotency-Key",
            "Use 1 to 255 visible ASCII characters, for example a UUID.",
        ));
    }
    Ok(())
}

const fn place(key: &str) -> Place<'_> {
    Place {
        table: "idempotency_keys",
        row: key,
        column: "answer",
    }
}
