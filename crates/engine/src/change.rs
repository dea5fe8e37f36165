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
    Line::of(actor, change).tell((None, now), |row| changes::insert(tx, row));
}

/// The same for a change that a device was part of: its history tells it too.
pub(crate) fn write_on_device(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    (change, device): (Change<'_>, &str),
) {
    Line::of(actor, change).tell((Some(device), now), |row| changes::insert(tx, row));
}

/// The same, unless a line says it already.
pub(crate) fn write_first_on_device(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    (change, device): (Change<'_>, &str),
) {
    Line::of(actor, change).tell((Some(device), now), |row| changes::insert_first(tx, row));
}

/// A row, and what it borrows.
struct Line<'a> {
    actor: &'a Actor,
    actor_id: String,
    change: Change<'a>,
    data: String,
}

impl<'a> Line<'a> {
    fn of(actor: &'a Actor, change: Change<'a>) -> Self {
        Self {
            actor,
            actor_id: actor.id_text(),
            data: change.data.to_string(),
            change,
        }
    }

    fn tell(
        &self,
        (hardware_key, now): (Option<&str>, Timestamp),
        insert: impl FnOnce(&NewChange<'_>),
    ) {
        insert(&NewChange {
            tenant_id: self.actor.tenant(),
            livemode: self.change.livemode,
            actor_kind: self.actor.kind(),
            actor_id: &self.actor_id,
            actor_name: self.actor.name(),
            subject_kind: self.change.subject.0,
            subject_id: &self.change.subject.1,
            verb: self.change.verb,
            data: &self.data,
            hardware_key,
            at: now.millis(),
        });
    }
}
