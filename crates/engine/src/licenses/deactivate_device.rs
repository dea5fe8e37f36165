//! People free the seat of a device that cannot give it back itself: its machine is gone, or does not start any
//! more. The product's hours between two deactivations are for programs: nobody has to wait for them here.

use domain::deactivation::Holding;
use domain::hardware_id::HardwareId;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::licenses::hold;
use crate::licenses::seat::{self, Freed};
use crate::start_over;

/// Deactivates the licence with this key on a device, for who may change licences. Answers false where the
/// device has no seat any more: then nothing is written.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    key: &str,
    hardware_id: &HardwareId,
) -> Result<bool> {
    let attempt = || attempt(engine, actor, key, hardware_id);
    start_over::when_overtaken(attempt, "freeing a seat was overtaken too often").await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    key: &str,
    hardware_id: &HardwareId,
) -> Result<bool> {
    let (mut tx, license) = hold::lock(engine, actor, key).await?;
    let has_seat = match seat::holding(&mut tx, actor, (license.id, hardware_id)).await? {
        Holding::Activated => true,
        Holding::GivenBack => false,
        Holding::Never => return Err(Error::NotFound("device")),
    };
    if has_seat {
        let freed = Freed {
            license_id: license.id,
            livemode: license.livemode,
            hardware_id,
            address: None,
        };
        seat::free(engine, &mut tx, actor, &freed);
    }
    tx.commit().await?;
    Ok(has_seat)
}
