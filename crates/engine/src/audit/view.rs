//! One line of the change log.

use domain::ids::ChangeId;
use domain::timestamp::Timestamp;
use serde_json::Value;
use store::Conn;
use store::changes::{self, Change};

use crate::actor::Actor;
use crate::error::Result;

/// Lines of one thing's history at most.
const HISTORY_MAX: i64 = 1_000;

/// Who did what to which thing.
#[derive(Clone)]
pub struct ChangeView {
    /// Grows; the next page begins before it.
    pub id: ChangeId,
    /// Test or live; false where the thing has no mode.
    pub livemode: bool,
    /// `person`, `token`, `stripe` or `system`.
    pub actor_kind: String,
    /// Address of a person, name of a token or a Stripe app, or `ExisOne`.
    pub actor_name: String,
    /// What kind of thing, for example `license`.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: String,
    /// Past tense, for example `issued`.
    pub verb: String,
    /// Details without secrets; a JSON object.
    pub data: Value,
    /// When.
    pub at: Timestamp,
}

pub(crate) fn of(row: Change) -> ChangeView {
    ChangeView {
        id: ChangeId::from(row.id),
        livemode: row.livemode,
        actor_kind: row.actor_kind,
        actor_name: row.actor_name,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        verb: row.verb,
        // A line that cannot be read is still a line: what happened stands beside it.
        data: serde_json::from_str(&row.data).unwrap_or(Value::Null),
        at: Timestamp::from_millis(row.at),
    }
}

/// What happened to one thing, newest first, at most 1,000 lines.
pub(crate) async fn of_subject(
    conn: &mut Conn,
    actor: &Actor,
    subject: (&str, &str),
) -> Result<Vec<ChangeView>> {
    let rows = changes::list_by_subject(conn, actor.tenant(), subject, HISTORY_MAX).await?;
    Ok(rows.into_iter().map(of).collect())
}
