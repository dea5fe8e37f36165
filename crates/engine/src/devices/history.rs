//! What a device was part of: first contacts, activations, deactivations, newest first.

use domain::hardware_id::HardwareId;
use domain::ids::ChangeId;
use domain::paging::{NUMBERED_ROWS_MAX, NumberedPage};
use store::changes;

use crate::Engine;
use crate::actor::Actor;
use crate::audit::list::ChangePage;
use crate::audit::{ChangeView, view_of};
use crate::error::Result;
use crate::page::rows_to_fetch;

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

/// What a device was part of before a line of its history, 1..=200 lines.
pub async fn before(
    engine: &Engine,
    actor: &Actor,
    hardware_id: &HardwareId,
    (before, limit): (Option<ChangeId>, i64),
) -> Result<ChangePage> {
    actor.may_read()?;
    let part = (before.map_or(i64::MAX, ChangeId::get), rows_to_fetch(limit));
    let mut conn = engine.read().await?;
    let tenant = actor.tenant();
    let rows =
        changes::list_by_device_before(&mut conn, tenant, hardware_id.as_str(), part).await?;
    Ok(ChangePage::cut(
        rows.into_iter().map(view_of).collect(),
        limit,
    ))
}
