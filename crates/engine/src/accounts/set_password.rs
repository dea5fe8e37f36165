//! Setting a person's password at the server's own machine, for whoever forgot it.

use domain::folding::email_key;
use secrecy::SecretString;
use serde_json::json;
use store::{StoreError, memberships, people, sessions};

use super::{create_admin, password};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::start_over;

/// Gives the person with this address another password and signs them out everywhere; answers how many
/// sessions ended. A second factor stays. Field: `password`.
pub async fn execute(engine: &Engine, email: &str, new: &SecretString) -> Result<u64> {
    password::check(new, "password")?;
    let key = email_key(email.trim());
    let hash = create_admin::hash(engine, new).await?;
    // Whoever changes it at the same moment, in the browser or by signing in, comes first.
    let attempt = || attempt(engine, &key, &hash);
    start_over::when_overtaken(attempt, "a password was overtaken too often").await
}

async fn attempt(engine: &Engine, email_key: &str, hash: &str) -> Result<u64> {
    let now = engine.now();
    let mut tx = engine.begin();
    let found = people::find_by_email(&mut tx, email_key).await?;
    let person = found.ok_or(Error::NotFound("person"))?;
    let places = memberships::list_by_person(&mut tx, person.id).await?;
    if places.is_empty() {
        return Err(Error::NotFound("person"));
    }
    let hashes = (person.password_hash.as_str(), hash);
    if !people::replace_password_hash(&mut tx, person.id, hashes, now.millis()).await? {
        return Err(StoreError::Overtaken.into());
    }
    let ended = sessions::remove_by_person(&mut tx, person.id).await?;
    // It opens all their companies, so each of them is told.
    for place in places {
        let what = Change {
            subject: ("person", person.id.to_string()),
            verb: "password_set",
            data: json!({ "email": person.email, "endedSessions": ended }),
            livemode: false,
        };
        change::write(&mut tx, &Actor::system(place.tenant_id), now, what);
    }
    tx.commit().await?;
    Ok(ended)
}
