//! Signing out: this browser, or everywhere.

use serde_json::json;
use store::sessions;

use super::session::{self, SignedIn};
use crate::Engine;
use crate::change::{self, Change};
use crate::error::Result;

/// Ends the session that the token opens; nothing happens where there is none.
pub async fn execute(engine: &Engine, token: &str) -> Result<()> {
    let Some(who) = session::authenticate(engine, token).await? else {
        return Ok(());
    };
    let mut tx = engine.begin();
    if sessions::remove(&mut tx, &session::hash(token)).await? {
        let what = change(&who, "signed_out");
        change::write(&mut tx, &who.actor, engine.now(), what);
    }
    Ok(tx.commit().await?)
}

/// Ends every session of the person, this one included; answers how many.
pub async fn everywhere(engine: &Engine, who: &SignedIn) -> Result<u64> {
    let mut tx = engine.begin();
    let count = sessions::remove_by_person(&mut tx, who.session.person).await?;
    let what = change(who, "signed_out_everywhere");
    change::write(&mut tx, &who.actor, engine.now(), what);
    tx.commit().await?;
    Ok(count)
}

fn change(who: &SignedIn, verb: &'static str) -> Change<'static> {
    Change {
        subject: ("person", who.session.person.to_string()),
        verb,
        data: json!({ "sessionId": who.session.id }),
        livemode: false,
    }
}
