//! A person's own browsers: where they are signed in, and ending one of them.

use domain::ids::SessionId;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::sessions;

use super::session::SignedIn;
use crate::Engine;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// A signed-in browser.
#[derive(Clone)]
pub struct BrowserView {
    /// Id of its session.
    pub id: SessionId,
    /// Where it signed in from.
    pub address: String,
    /// What it calls itself, or empty.
    pub user_agent: String,
    /// When it signed in.
    pub signed_in_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_seen_at: Timestamp,
    /// True for the one that asks.
    pub is_this: bool,
}

/// The person's browsers, last seen first, at most 200.
pub async fn list(engine: &Engine, who: &SignedIn) -> Result<Vec<BrowserView>> {
    let session = &who.session;
    let mut conn = engine.read().await?;
    let rows = sessions::list_by_person(&mut conn, session.person, engine.now().millis()).await?;
    let view = |row: sessions::Browser| BrowserView {
        is_this: row.id == session.id,
        id: row.id,
        address: row.address,
        user_agent: row.user_agent,
        signed_in_at: Timestamp::from_millis(row.created_at),
        last_seen_at: Timestamp::from_millis(row.last_seen_at),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Signs one of the person's browsers out.
pub async fn end(engine: &Engine, who: &SignedIn, id: SessionId) -> Result<()> {
    let mut tx = engine.begin();
    if !sessions::remove_one(&mut tx, who.session.person, id).await? {
        return Err(Error::NotFound("session"));
    }
    let what = Change {
        subject: ("person", who.session.person.to_string()),
        verb: "session_ended",
        data: json!({ "sessionId": id }),
        livemode: false,
    };
    change::write(&mut tx, &who.actor, engine.now(), what);
    Ok(tx.commit().await?)
}
