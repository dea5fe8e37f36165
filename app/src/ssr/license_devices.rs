//! The devices of a license key, a page at a time.

use domain::ids::LicenseId;
use engine::Error;
use engine::licenses::devices::{self, DeviceView};
use engine::page::PAGE_SIZE;

use super::licenses::place;
use super::session::SignedIn;
use crate::api::licenses::DeviceRow;

/// A page of a key's devices, and where the next begins.
pub async fn devices(
    who: &SignedIn,
    id: LicenseId,
    after: Option<&str>,
) -> Result<(Vec<DeviceRow>, Option<String>), Error> {
    let part = (place(after)?, PAGE_SIZE);
    let page = devices::execute(&who.engine, &who.actor, id, part).await?;
    let rows = page.items.into_iter().map(row).collect();
    Ok((rows, page.after.map(|place| place.to_string())))
}

fn row(device: DeviceView) -> DeviceRow {
    DeviceRow {
        hardware_id: device.hardware_id,
        version: device.version,
        address: device.address,
        has_seat: device.deactivated_at.is_none(),
        at: device.deactivated_at.unwrap_or(device.last_seen_at),
    }
}
