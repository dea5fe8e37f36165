//! Writing the change log: who did what to which thing, in the action's own transaction.

use domain::timestamp::Timestamp;
use serde_json::Value;
use store::Tx;
use store::changes::{self, NewChange};

use crate::actor::Actor;

/// What happened to which thing.
pub(crate) struct Change<'a> {
    /// Kind and id of the thing, for example `("license", id)`.
    pub subject: (&'a str, String),
    /// Past tense, for example `issued`.
    pub verb: &'a str,
    /// Details without secrets.
    pub data: Value,
    /// Test or live; false where the thing has no mode.
    pub livemode: bool,
}

pub(crate) fn write(tx: &mut Tx, actor: &Actor, now: Timestamp, change: Change<'_>) {
    Line::of(actor, &change).tell(actor, &change, (None, now), |row| changes::insert(tx, row));
}

/// The same for a change that a device was part of: its history tells it too.
pub(crate) fn write_on_device(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    (change, device): (Change<'_>, &str),
) {
    let line = Line::of(actor, &change);
    line.tell(actor, &change, (Some(device), now), |row| {
        changes::insert(tx, row)
    });
}

/// The same, unless a line says it already.
pub(crate) fn write_first_on_device(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    (change, device): (Change<'_>, &str),
) {
    let line = Line::of(actor, &change);
    line.tell(actor, &change, (Some(device), now), |row| {
        changes::insert_first(tx, row)
    });
}

/// What a row borrows.
struct Line {
    actor_id: String,
    data: String,
}

impl Line {
    fn of(actor: &Actor, change: &Change<'_>) -> Self {
        Self {
            actor_id: actor.id_text(),
            data: change.data.to_string(),
        }
    }

    fn tell(
        &self,
        actor: &Actor,
        change: &Change<'_>,
        (hardware_key, now): (Option<&str>, Timestamp),
        insert: impl FnOnce(&NewChange<'_>),
    ) {
        insert(&NewChange {
            tenant_id: actor.tenant(),
            livemode: change.livemode,
            actor_kind: actor.kind(),
            actor_id: &self.actor_id,
            actor_name: actor.name(),
            subject_kind: change.subject.0,
            subject_id: &change.subject.1,
            verb: change.verb,
            data: &self.data,
            hardware_key,
            at: now.millis(),
        });
    }
}
