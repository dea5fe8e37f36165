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
    insert(tx, actor, now, (change, None));
}

/// The same for a change that a device was part of: its history tells it too.
pub(crate) fn write_on_device(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    (change, hardware_key): (Change<'_>, &str),
) {
    insert(tx, actor, now, (change, Some(hardware_key)));
}

fn insert(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
    (change, hardware_key): (Change<'_>, Option<&str>),
) {
    let data = change.data.to_string();
    let row = NewChange {
        tenant_id: actor.tenant(),
        livemode: change.livemode,
        actor_kind: actor.kind(),
        actor_id: &actor.id_text(),
        actor_name: actor.name(),
        subject_kind: change.subject.0,
        subject_id: &change.subject.1,
        verb: change.verb,
        data: &data,
        hardware_key,
        at: now.millis(),
    };
    changes::insert(tx, &row);
}
