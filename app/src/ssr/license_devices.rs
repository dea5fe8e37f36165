//! The devices of a license key, a page at a time.

use domain::ids::{LicenseId, ProductId};
use engine::Error;
use engine::licenses::devices::{self, DeviceView};
use engine::page::PAGE_SIZE;

use super::activity::device_address;
use super::licenses::place;
use super::session::SignedIn;
use crate::api::licenses::DeviceRow;

/// A page of a key's devices, which run its product, and where the next begins.
pub async fn devices(
    who: &SignedIn,
    (id, product): (LicenseId, ProductId),
    after: Option<&str>,
) -> Result<(Vec<DeviceRow>, Option<String>), Error> {
    let part = (place(after)?, PAGE_SIZE);
    let page = devices::execute(&who.engine, &who.actor, id, part).await?;
    let rows = page.items.into_iter().map(|device| row(product, device));
    Ok((rows.collect(), page.after.map(|place| place.to_string())))
}

fn row(product: ProductId, device: DeviceView) -> DeviceRow {
    DeviceRow {
        href: device_address(product, &device.hardware_id),
        hardware_id: device.hardware_id,
        version: device.version,
        address: device.address,
        has_seat: device.deactivated_at.is_none(),
        at: device.deactivated_at.unwrap_or(device.last_seen_at),
    }
}
