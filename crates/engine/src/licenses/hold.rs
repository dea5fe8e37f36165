//! Revoking, suspending and reinstating a licence by hand. Its state follows from all its holds; what
//! a payment put on hold, only the payment lifts.

use domain::license_state::{self, HoldCause, HoldKind};
use domain::permission::Permission;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::holds::{self, Hold};
use store::licenses::License;
use store::{Conn, Tx, licenses, products};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::licenses::given;
use crate::licenses::view::{self, LicenseView};

/// Takes the licence back for good, unless it is reinstated; once more, nothing happens.
pub async fn revoke(engine: &Engine, actor: &Actor, key: &str) -> Result<LicenseView> {
    put(engine, actor, key, HoldKind::Revoke).await
}

/// Holds the licence back for a while; once more, nothing happens.
pub async fn suspend(engine: &Engine, actor: &Actor, key: &str) -> Result<LicenseView> {
    put(engine, actor, key, HoldKind::Suspend).await
}

async fn put(engine: &Engine, actor: &Actor, key: &str, kind: HoldKind) -> Result<LicenseView> {
    let (mut tx, mut license) = lock(engine, actor, key).await?;
    let mut all = holds::list(&mut tx, actor.tenant(), license.id).await?;
    if !all
        .iter()
        .any(|hold| is_manual(hold) && hold.kind == kind.as_str())
    {
        let hold = Hold {
            id: engine.new_id(),
            kind: kind.to_string(),
            cause: HoldCause::Manual.to_string(),
            stripe_id: String::new(),
            created_at: engine.now().millis(),
            lifted_at: None,
        };
        holds::insert(&mut tx, actor.tenant(), license.id, &hold);
        all.push(hold);
        derive(engine, &mut tx, actor, (&mut license, &all))?;
        let verb = match kind {
            HoldKind::Revoke => "revoked",
            HoldKind::Suspend => "suspended",
        };
        tell(engine, &mut tx, actor, (&license, verb));
    }
    show(engine, tx, actor, &license).await
}

/// Lifts what people put on hold; a licence that nobody holds back stays as it is.
pub async fn reinstate(engine: &Engine, actor: &Actor, key: &str) -> Result<LicenseView> {
    let (mut tx, mut license) = lock(engine, actor, key).await?;
    let now = engine.now().millis();
    let mut all = holds::list(&mut tx, actor.tenant(), license.id).await?;
    if all.iter().any(is_manual) {
        let of = (license.id, HoldCause::Manual.as_str());
        holds::lift(&mut tx, actor.tenant(), of, now);
        for hold in all.iter_mut().filter(|hold| is_manual(hold)) {
            hold.lifted_at = Some(now);
        }
        derive(engine, &mut tx, actor, (&mut license, &all))?;
        tell(engine, &mut tx, actor, (&license, "reinstated"));
    } else if let Some(other) = all.iter().find(|hold| hold.lifted_at.is_none()) {
        return Err(Error::Conflict {
            code: "held_by_payment",
            message: format!(
                "This licence is held back because of its payment ({}), and comes back with it.",
                other.cause
            ),
        });
    }
    show(engine, tx, actor, &license).await
}

fn is_manual(hold: &Hold) -> bool {
    hold.cause == HoldCause::Manual.as_str() && hold.lifted_at.is_none()
}

/// The licence with this key or offline code, locked, for who may change it.
pub(super) async fn lock(engine: &Engine, actor: &Actor, key: &str) -> Result<(Tx, License)> {
    actor.may(Permission::Manage)?;
    given::lock(engine, actor.tenant(), key).await
}

/// Writes what follows from a locked licence's holds and end.
pub(super) fn derive(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    (license, all): (&mut License, &[Hold]),
) -> Result<()> {
    let holds: Result<Vec<_>> = all.iter().map(as_rule).collect();
    let now = engine.now();
    let ends_at = Timestamp::from_millis(license.expires_at);
    license.state = license_state::state(&holds?, ends_at, now).to_string();
    license.updated_at = Some(now.millis());
    licenses::set_state(tx, actor.tenant(), license);
    Ok(())
}

fn as_rule(hold: &Hold) -> Result<license_state::Hold> {
    Ok(license_state::Hold {
        kind: hold
            .kind
            .parse()
            .map_err(|_| Error::fault("a hold's kind is not known"))?,
        lifted_at: hold.lifted_at.map(Timestamp::from_millis),
    })
}

fn tell(engine: &Engine, tx: &mut Tx, actor: &Actor, (license, verb): (&License, &str)) {
    let what = Change {
        subject: ("license", license.id.to_string()),
        verb,
        data: json!({ "state": license.state }),
        livemode: license.livemode,
    };
    change::write(tx, actor, engine.now(), what);
}

/// Commits, and answers the licence as it is now.
pub(super) async fn show(
    engine: &Engine,
    mut tx: Tx,
    actor: &Actor,
    license: &License,
) -> Result<LicenseView> {
    let name = product_name(&mut tx, actor, license).await?;
    let view = view::named(engine, &mut tx, actor.tenant(), (license, name)).await?;
    tx.commit().await?;
    Ok(view)
}

pub(super) async fn product_name(
    conn: &mut Conn,
    actor: &Actor,
    license: &License,
) -> Result<String> {
    let found = products::find(conn, actor.tenant(), license.product_id).await?;
    Ok(found.map(|product| product.name).unwrap_or_default())
}
