//! One stream: what its tenant's changes say, from a place in the log on, while its session lasts.

use std::pin::Pin;
use std::time::Duration;

use domain::ids::PersonId;
use secrecy::{ExposeSecret as _, SecretString};
use store::change_feed;
use store::news::Topic;
use tokio::sync::broadcast::Receiver;
use tokio::time::{Sleep, sleep};

use super::reading::{LATE, Reading};
use super::signs::Signs;
use super::streams::Telling;
use crate::Engine;
use crate::accounts::session::{self, SignedIn};
use crate::actor::Actor;
use crate::error::{Error, Result};

/// A stream says something at most so often: pages fetch what they show each time.
const PACE: Duration = Duration::from_secs(1);
/// Rows that a stream catches up with one by one.
const CATCH_UP: i64 = 200;

/// Where a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the end of the log.
    Now,
    /// After the row that a page knew of when it was made.
    Page(i64),
    /// After the row that the same browser was told of before its stream broke.
    Again(i64),
}

/// An open stream; it leaves its place when it is dropped.
pub struct Subscription {
    engine: Engine,
    token: SecretString,
    who: SignedIn,
    receiver: Receiver<Telling>,
    waiting: Signs,
    pause: Pin<Box<Sleep>>,
    _place: Place,
}

struct Place(Engine, PersonId);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.live().leave(self.1);
    }
}

/// Where the tenant's part of the log ends, for a page that will listen from there.
pub async fn cursor(engine: &Engine, actor: &Actor) -> Result<i64> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    Ok(change_feed::last_of_tenant(&mut conn, actor.tenant()).await?)
}

/// Opens a stream for the holder of a session's token.
pub async fn subscribe(engine: &Engine, token: SecretString, start: Start) -> Result<Subscription> {
    let who = session::authenticate(engine, token.expose_secret()).await?;
    let who = who.ok_or(Error::Unauthorized("You are not signed in any more."))?;
    who.actor.may_read()?;
    let person = who.session.person;
    let receiver = engine.live().enter(person)?;
    let place = Place(engine.clone(), person);
    begin_reading(engine).await?;
    let waiting = catch_up(engine, &who.actor, start).await?;
    Ok(Subscription {
        engine: engine.clone(),
        token,
        who,
        receiver,
        waiting,
        pause: Box::pin(sleep(Duration::ZERO)),
        _place: place,
    })
}

/// The watcher reads on from here, where nobody has listened so far.
async fn begin_reading(engine: &Engine) -> Result<()> {
    let mut reading = engine.live().reading.lock().await;
    if reading.is_none() {
        let mut conn = engine.read().await?;
        *reading = Some(Reading::begin(&mut conn, engine.db().is_shared()).await?);
    }
    Ok(())
}

/// What has changed since the place where the stream begins. What the log need not tell of may have
/// changed too while a stream was broken.
async fn catch_up(engine: &Engine, actor: &Actor, start: Start) -> Result<Signs> {
    let (mut signs, from) = match start {
        Start::Now => return Ok(Signs::default()),
        Start::Page(from) => (Signs::default(), from),
        Start::Again(from) => {
            let mut missed = Signs::of_topic(Topic::StripeEvents);
            missed.merge(&Signs::of_topic(Topic::Mails));
            let late = if engine.db().is_shared() { LATE } else { 0 };
            (missed, from.saturating_sub(late))
        }
    };
    let mut conn = engine.read().await?;
    let rows = change_feed::of_tenant(&mut conn, actor.tenant(), (from, CATCH_UP)).await?;
    for row in &rows {
        signs.note(row);
    }
    Ok(signs)
}

impl Subscription {
    /// Waits for what changed; `None` where the stream has ended: with its session, with the process,
    /// or because its reader was too slow.
    pub async fn next(&mut self) -> Option<Signs> {
        loop {
            tokio::select! {
                () = &mut self.pause, if !self.waiting.are_none() => {
                    self.pause = Box::pin(sleep(PACE));
                    return Some(std::mem::take(&mut self.waiting));
                }
                telling = self.receiver.recv() => self.hear(&telling.ok()?).await?,
            }
        }
    }

    async fn hear(&mut self, telling: &Telling) -> Option<()> {
        let is_ours = |tenant| tenant == self.who.actor.tenant();
        if !telling.tenant.is_none_or(is_ours) {
            return Some(());
        }
        if telling.signs.are_of_people() && !self.is_open().await {
            return None;
        }
        self.waiting.merge(&telling.signs);
        Some(())
    }

    /// True while the session lasts, in the same tenant; where that cannot be known now, too.
    pub async fn is_open(&self) -> bool {
        let token = self.token.expose_secret();
        match session::is_open(&self.engine, token, &self.who.session).await {
            Ok(is_open) => is_open,
            Err(error) => {
                tracing::error!(?error, "whether a session lasts could not be read");
                true
            }
        }
    }
}
