//! A device takes a seat of a licence, or loses it: its activation, the seat, what is remembered of the
//! device, and the line in the history, all in one transaction.

use std::net::IpAddr;

use domain::deactivation::Holding;
use domain::folding::email_key;
use domain::hardware_id::HardwareId;
use domain::ids::{LicenseId, ProductId};
use domain::trial;
use serde_json::json;
use store::Tx;
use store::activations::{self, NewActivation};
use store::devices::{self, Device};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;

/// The seat that is wanted, and for whom.
pub(crate) struct Seat<'a> {
    /// The licence.
    pub license_id: LicenseId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's days of trial: a device that was never seen is remembered with them.
    pub trial_days: i32,
    /// Test or live.
    pub livemode: bool,
    /// The device.
    pub hardware_id: &'a HardwareId,
    /// The program's version, where it said one.
    pub version: Option<&'a str>,
    /// Who uses it, where the program said so.
    pub email: Option<&'a str>,
    /// Where it came from; `None` where it was not the device that asked.
    pub address: Option<IpAddr>,
}

/// Takes it. Where none is left, or the device has one, the transaction fails as overtaken.
pub(crate) fn take(engine: &Engine, tx: &mut Tx, actor: &Actor, seat: &Seat<'_>) {
    let now = engine.now();
    let hardware_key = seat.hardware_id.as_str();
    let version = seat.version.unwrap_or_default();
    let address = seat.address.map(|address| address.to_string());
    let email = seat.email.unwrap_or_default();
    let activation = NewActivation {
        id: engine.new_id(),
        license_id: seat.license_id,
        hardware_key,
        version,
        address: address.as_deref().unwrap_or_default(),
        email,
        at: now.millis(),
    };
    // The licence first, as everywhere: two who lock licence and activation crosswise wait for each other.
    activations::take_seat(tx, actor.tenant(), &activation, &email_key(email));
    activations::insert(tx, actor.tenant(), &activation);
    let device = Device {
        product_id: seat.product_id,
        hardware_key: hardware_key.to_owned(),
        first_seen_at: now.millis(),
        trial_ends_at: trial::ends_at(now, seat.trial_days).millis(),
        ever_activated_at: Some(now.millis()),
        last_seen_at: now.millis(),
        address: address.clone().unwrap_or_default(),
        version: version.to_owned(),
        contacts: 1,
    };
    devices::note_activated(tx, actor.tenant(), &device);
    let what = Change {
        subject: ("license", seat.license_id.to_string()),
        verb: "activated",
        data: json!({ "hardwareId": hardware_key, "ipAddress": address, "version": seat.version }),
        livemode: seat.livemode,
    };
    change::write_on_device(tx, actor, now, (what, hardware_key));
}

/// The seat that becomes free, and whose it was.
pub(crate) struct Freed<'a> {
    /// The licence; it is locked.
    pub license_id: LicenseId,
    /// Test or live.
    pub livemode: bool,
    /// The device.
    pub hardware_id: &'a HardwareId,
    /// Where it came from; `None` where it was not the device that asked.
    pub address: Option<IpAddr>,
}

/// How a device stands to a licence. It stays so while the licence is locked.
pub(crate) async fn holding(
    tx: &mut Tx,
    actor: &Actor,
    (license, device): (LicenseId, &HardwareId),
) -> Result<Holding> {
    let of = (license, device.as_str());
    Ok(match activations::find_end(tx, actor.tenant(), of).await? {
        Some(None) => Holding::Activated,
        Some(Some(_)) => Holding::GivenBack,
        None => Holding::Never,
    })
}

/// Frees it, whoever wants that. Where the device has none, the transaction fails as overtaken.
pub(crate) fn free(engine: &Engine, tx: &mut Tx, actor: &Actor, freed: &Freed<'_>) {
    let now = engine.now();
    let of = (freed.license_id, freed.hardware_id.as_str());
    activations::free_seat(tx, actor.tenant(), of, now.millis());
    activations::end(tx, actor.tenant(), of, now.millis());
    let what = Change {
        subject: ("license", freed.license_id.to_string()),
        verb: "deactivated",
        data: json!({ "hardwareId": freed.hardware_id, "ipAddress": freed.address }),
        livemode: freed.livemode,
    };
    change::write_on_device(tx, actor, now, (what, of.1));
}
