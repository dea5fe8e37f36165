//! The devices of a licence, each once.

use domain::ids::LicenseId;
use domain::timestamp::Timestamp;
use store::license_devices::{self, LicenseDevice};
use store::licenses;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::page::{self, Page, Place};

/// A device that has a seat of a licence, or had one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    /// Its hardware id, folded.
    pub hardware_id: String,
    /// When it last took its seat.
    pub activated_at: Timestamp,
    /// When it gave that back; `None` while it has it.
    pub deactivated_at: Option<Timestamp>,
    /// When it was last seen with the licence's product.
    pub last_seen_at: Timestamp,
    /// Where it came from then, or blank.
    pub address: String,
    /// The version that its program last said, or blank.
    pub version: String,
}

/// A page of at most `limit` devices that come after a place, the newest activation first.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    id: LicenseId,
    (after, limit): (Option<Place>, i64),
) -> Result<Page<DeviceView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    licenses::find(&mut conn, actor.tenant(), id)
        .await?
        .ok_or(Error::NoSuchLicense)?;
    let part = (after.map(Place::row), page::rows_to_fetch(limit));
    let rows = license_devices::list(&mut conn, actor.tenant(), id, part).await?;
    let place = |row: &LicenseDevice| Place::of(Timestamp::from_millis(row.activated_at), row.id);
    let page = page::cut(rows, limit, place);
    Ok(Page {
        items: page.items.into_iter().map(view).collect(),
        after: page.after,
    })
}

fn view(row: LicenseDevice) -> DeviceView {
    DeviceView {
        hardware_id: row.hardware_key,
        activated_at: Timestamp::from_millis(row.activated_at),
        deactivated_at: row.deactivated_at.map(Timestamp::from_millis),
        last_seen_at: Timestamp::from_millis(row.last_seen_at),
        address: row.address,
        version: row.version,
    }
}
