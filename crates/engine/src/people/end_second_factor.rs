//! Taking the second factor off a member who has lost it and all recovery codes.

use domain::folding::email_key;
use domain::ids::PersonId;
use serde_json::json;
use store::{memberships, people, second_factors};

use super::{address_of, lock_member};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// The same by address, for whoever sits at the server's own machine: an only owner has nobody to ask.
pub async fn by_email(engine: &Engine, email: &str) -> Result<()> {
    let mut conn = engine.read().await?;
    let found = people::find_by_email(&mut conn, &email_key(email.trim())).await?;
    let person = found.ok_or(Error::NotFound("person"))?.id;
    let places = memberships::list_by_person(&mut conn, person).await?;
    drop(conn);
    let place = places.first().ok_or(Error::NotFound("person"))?;
    execute(engine, &Actor::system(place.tenant_id), person).await
}

/// Lets a member sign in with the password alone. Refused for somebody who belongs to another tenant
/// too, unless by the installation's operator: it would weaken a door that is not the actor's.
pub async fn execute(engine: &Engine, actor: &Actor, person: PersonId) -> Result<()> {
    actor.may_manage_people()?;
    let mut tx = engine.begin();
    lock_member(&mut tx, actor.tenant(), person).await?;
    let places = memberships::list_by_person(&mut tx, person).await?;
    if places.len() > 1 && !actor.is_operator() {
        return Err(Error::Forbidden(
            "This person belongs to another company too. Ask whoever runs this server.".into(),
        ));
    }
    if !second_factors::remove(&mut tx, person).await? {
        return Err(Error::NotFound("second factor"));
    }
    let email = address_of(&mut tx, person).await?;
    let what = Change {
        subject: ("person", person.to_string()),
        verb: "second_factor_taken_off",
        data: json!({ "email": email }),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    Ok(tx.commit().await?)
}
