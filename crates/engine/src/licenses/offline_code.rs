//! An offline code for a licence that exists: its device takes a seat, for the code works there.

use domain::activation::{ActivationRefusal, RefusalCode, no_seat_left};
use domain::hardware_id::HardwareId;
use domain::license_state::LicenseState;
use domain::permission::Permission;
use domain::seats::Seats;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::licenses::License;
use store::products::Product;
use store::{Tx, activations, licenses, products};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::crypto::offline::{self, Pen};
use crate::error::{Error, Result, Versions};
use crate::licenses::given;
use crate::licenses::seat::{self, Seat};
use crate::licenses::view::{self, LicenseView};
use crate::start_over;

/// Makes a code of the licence with this key for one device; the answer has it. Field: `hardwareId`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    key: &str,
    hardware_id: &str,
) -> Result<LicenseView> {
    actor.may(Permission::Generate)?;
    let device = HardwareId::parse(hardware_id)
        .map_err(|refusal| Error::field("hardwareId", refusal.to_string()))?;
    let pen = offline::pen(engine, actor.tenant()).await?;
    let attempt = || attempt(engine, actor, (key, &device), &pen);
    start_over::when_overtaken(attempt, "an offline code was overtaken too often").await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    (key, device): (&str, &HardwareId),
    pen: &Pen,
) -> Result<LicenseView> {
    let tenant = actor.tenant();
    let (mut tx, license) = given::lock(engine, tenant, key).await?;
    let product = products::find(&mut tx, tenant, license.product_id).await?;
    let product = product.ok_or(Error::fault("a licence's product is missing"))?;
    check_state(engine, &license)?;
    take_seat(engine, &mut tx, actor, (&license, &product, device)).await?;
    let what = (&license, &product, device);
    let code = offline::write(engine, &mut tx, (tenant, pen), what).await?;
    let made = Change {
        subject: ("license", license.id.to_string()),
        verb: "offline_code_made",
        data: json!({ "hardwareId": device }),
        livemode: license.livemode,
    };
    change::write_on_device(&mut tx, actor, engine.now(), (made, device.as_str()));
    let row = licenses::find(&mut tx, tenant, license.id).await?;
    let row = row.ok_or(Error::fault("a locked licence is missing"))?;
    let mut view = view::named(engine, &mut tx, tenant, (&row, product.name)).await?;
    // Of two codes of one instant, the one that was asked for is told.
    view.offline_code = Some(code.to_string());
    view.offline_code_device = Some(device.to_string());
    tx.commit().await?;
    Ok(view)
}

/// A code works without asking again, so only a licence that is good now gets one.
fn check_state(engine: &Engine, license: &License) -> Result<()> {
    let state: LicenseState = license
        .state
        .parse()
        .map_err(|_| Error::fault("a licence's state is not known"))?;
    let ends_at = Timestamp::from_millis(license.expires_at);
    let (code, refusal) = match state.at(engine.now(), ends_at) {
        LicenseState::Active => return Ok(()),
        LicenseState::Revoked => (RefusalCode::Revoked, ActivationRefusal::Revoked),
        LicenseState::Suspended => (RefusalCode::Suspended, ActivationRefusal::Suspended),
        LicenseState::Expired => (RefusalCode::Expired, ActivationRefusal::Expired),
    };
    Err(Error::refused(code, &refusal, Versions::default()))
}

/// A seat for the device, unless it has one.
async fn take_seat(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    (license, product, device): (&License, &Product, &HardwareId),
) -> Result<()> {
    let of = (license.id, device.as_str());
    if activations::find_end(tx, actor.tenant(), of).await? == Some(None) {
        return Ok(());
    }
    let seats = Seats {
        max: license.max_seats,
        used: license.seats_used,
    };
    if !seats.has_capacity() {
        let refusal = no_seat_left(seats.max);
        return Err(Error::refused(
            refusal.code(),
            &refusal,
            Versions::default(),
        ));
    }
    let wanted = Seat {
        license_id: license.id,
        product_id: license.product_id,
        trial_days: product.trial_days,
        livemode: license.livemode,
        hardware_id: device,
        version: None,
        email: None,
        address: None,
    };
    seat::take(engine, tx, actor, &wanted);
    Ok(())
}
