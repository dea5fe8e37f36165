//! Giving a device's trial another end, by hand. What programs do moves it never.

use domain::field_error::FieldErrors;
use domain::hardware_id::HardwareId;
use domain::ids::ProductId;
use domain::permission::Permission;
use domain::timestamp::Timestamp;
use domain::trial_form::{self, TrialForm};
use serde_json::json;
use store::devices;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::devices::find;
use crate::devices::view::DeviceView;
use crate::error::{Error, Result};
use crate::start_over;

/// Changes the end of a trial; a device that was ever activated has none. Field: `trialEndsAt`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    of: (ProductId, &HardwareId),
    form: &TrialForm,
) -> Result<DeviceView> {
    actor.may(Permission::Manage)?;
    let attempt = || attempt(engine, actor, of, form);
    start_over::when_overtaken(attempt, "a change of a trial was overtaken too often").await?;
    find::execute(engine, actor, of).await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    (product, hardware_id): (ProductId, &HardwareId),
    form: &TrialForm,
) -> Result<()> {
    let of = (product, hardware_id.as_str());
    let mut tx = engine.begin();
    let device = devices::find(&mut tx, actor.tenant(), of).await?;
    let device = device.ok_or(Error::NotFound("device"))?;
    let end = form.parse(Timestamp::from_millis(device.first_seen_at))?;
    if device.ever_activated_at.is_some() {
        return Err(FieldErrors(vec![trial_form::is_used()]).into());
    }
    devices::set_trial_end(&mut tx, actor.tenant(), of, end.millis());
    let what = Change {
        subject: ("device", format!("{product}/{}", of.1)),
        verb: "trial_changed",
        data: json!({ "hardwareId": of.1, "productId": product,
            "from": Timestamp::from_millis(device.trial_ends_at), "to": end }),
        livemode: false,
    };
    change::write_on_device(&mut tx, actor, engine.now(), (what, of.1));
    Ok(tx.commit().await?)
}
