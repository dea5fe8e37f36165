//! One device of one product.

use domain::hardware_id::HardwareId;
use domain::ids::ProductId;
use store::{device_list, products};

use crate::Engine;
use crate::actor::Actor;
use crate::devices::view::{self, DeviceView};
use crate::error::{Error, Result};

/// The device, as it stands to the product.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    (product, hardware_id): (ProductId, &HardwareId),
) -> Result<DeviceView> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let of = (product, hardware_id.as_str());
    let line = device_list::find(&mut conn, actor.tenant(), of).await?;
    let line = line.ok_or(Error::NotFound("device"))?;
    let names = products::names(&mut conn, actor.tenant()).await?;
    Ok(view::of(line, &names.into_iter().collect(), engine.now()))
}
