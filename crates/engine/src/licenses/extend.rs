//! Giving a licence another end: so many days more, or a day that somebody chose.

use domain::extension::ExtendForm;
use domain::field_error::FieldErrors;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::holds;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;
use crate::licenses::hold;
use crate::licenses::view::LicenseView;

/// Extends the licence with this key. Fields: `days`, `expirationDate`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    key: &str,
    form: &ExtendForm,
) -> Result<LicenseView> {
    let (mut tx, mut license) = hold::lock(engine, actor, key).await?;
    let extension = form.parse()?;
    let former = Timestamp::from_millis(license.expires_at);
    let end = extension
        .end(former, engine.now())
        .map_err(|refusal| FieldErrors(vec![refusal]))?;
    license.manual_end = Some(end.millis());
    license.expires_at = end.millis();
    let held = holds::list(&mut tx, actor.tenant(), license.id).await?;
    hold::derive(engine, &mut tx, actor, (&mut license, &held))?;
    let what = Change {
        subject: ("license", license.id.to_string()),
        verb: "extended",
        data: json!({ "from": former, "to": end }),
        livemode: license.livemode,
    };
    change::write(&mut tx, actor, engine.now(), what);
    hold::show(engine, tx, actor, &license).await
}
