//! What a device was part of: first contacts, activations, deactivations, newest first.

use domain::hardware_id::HardwareId;
use domain::paging::{NUMBERED_ROWS_MAX, NumberedPage};
use store::changes;

use crate::Engine;
use crate::actor::Actor;
use crate::audit::{ChangeView, view_of};
use crate::error::Result;

/// A page of a device's history.
pub struct DeviceHistory {
    /// What is on it.
    pub items: Vec<ChangeView>,
    /// How many there are in all, counted up to 10,000.
    pub total: i64,
}

/// One page of what a device was part of; a device that nobody knows was part of nothing.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    hardware_id: &HardwareId,
    page: NumberedPage,
) -> Result<DeviceHistory> {
    actor.may_read()?;
    let (tenant, key) = (actor.tenant(), hardware_id.as_str());
    let mut conn = engine.read().await?;
    let total = changes::count_by_device(&mut conn, tenant, key, NUMBERED_ROWS_MAX).await?;
    let part = (i64::from(page.size()), page.offset());
    let rows = changes::list_by_device(&mut conn, tenant, key, part).await?;
    Ok(DeviceHistory {
        items: rows.into_iter().map(view_of).collect(),
        total,
    })
}
