//! The devices of a tenant: by when they were seen, or by their hardware id.

use std::fmt;
use std::str::FromStr;

use domain::device_state::{DeviceOrder, DeviceState};
use domain::folding::hardware_key;
use domain::hardware_id::HardwareId;
use domain::ids::ProductId;
use store::device_list::{self, DeviceFilter, DeviceLine};
use store::products;

use crate::Engine;
use crate::actor::Actor;
use crate::devices::view::{self, DeviceView};
use crate::error::{Error, Result};
use crate::page::{PAGE_SIZE_MAX, UnknownPlace, rows_to_fetch};

/// Devices that one narrowed page looks at: the rest is left to the next one, so that no page takes long.
const LOOKED_AT: i64 = 20_000;

/// Which devices are wanted.
#[derive(Debug, Clone)]
pub struct DeviceQuery {
    /// One product, or all.
    pub product_id: Option<ProductId>,
    /// A state as of now, or all.
    pub state: Option<DeviceState>,
    /// How the hardware id begins, as typed; these are listed by their hardware ids, whatever `order` says.
    pub beginning: String,
    /// In which order.
    pub order: DeviceOrder,
    /// That order from its end.
    pub is_backwards: bool,
    /// Only what comes after this place.
    pub after: Option<DevicePlace>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of devices. A narrowed one may be short, or empty, and still have a next one.
pub struct DevicePage {
    /// What is on it.
    pub items: Vec<DeviceView>,
    /// Where the next page begins; `None` on the last one.
    pub after: Option<DevicePlace>,
}

/// A place in a list of devices. As text `1795435200000_7_<hardware id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePlace(device_list::DevicePlace);

impl fmt::Display for DevicePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.0;
        write!(
            f,
            "{}_{}_{}",
            place.at, place.product_id, place.hardware_key
        )
    }
}

impl FromStr for DevicePlace {
    type Err = UnknownPlace;

    fn from_str(text: &str) -> Result<Self, UnknownPlace> {
        let mut parts = text.splitn(3, '_');
        let mut next = || parts.next().ok_or(UnknownPlace);
        let (at, product_id) = (next()?, next()?);
        let device = HardwareId::parse(next()?).map_err(|_| UnknownPlace)?;
        Ok(Self(device_list::DevicePlace {
            at: at.parse().map_err(|_| UnknownPlace)?,
            product_id: product_id.parse().map_err(|_| UnknownPlace)?,
            hardware_key: device.as_str().to_owned(),
        }))
    }
}

/// A page of devices.
pub async fn execute(engine: &Engine, actor: &Actor, query: &DeviceQuery) -> Result<DevicePage> {
    actor.may_read()?;
    let filter = filter(engine, query)?;
    let mut conn = engine.read().await?;
    let tenant = actor.tenant();
    let mut lines = device_list::list(&mut conn, tenant, &filter).await?;
    let size = usize::try_from(filter.limit - 1).unwrap_or(1);
    let after = if lines.len() > size {
        lines.truncate(size);
        lines.last().map(|line| place(line, filter.order))
    } else if is_narrowed(query) {
        device_list::looked_until(&mut conn, tenant, &filter).await?
    } else {
        None
    };
    let names = products::names(&mut conn, tenant).await?;
    let names = names.into_iter().collect();
    let items = lines
        .into_iter()
        .map(|line| view::of(line, &names, engine.now()));
    Ok(DevicePage {
        items: items.collect(),
        after: after.map(DevicePlace),
    })
}

const fn is_narrowed(query: &DeviceQuery) -> bool {
    query.product_id.is_some() || query.state.is_some()
}

fn filter(engine: &Engine, query: &DeviceQuery) -> Result<DeviceFilter> {
    let beginning = beginning(&query.beginning)?;
    let limit = rows_to_fetch(query.limit.min(PAGE_SIZE_MAX));
    Ok(DeviceFilter {
        order: if beginning.is_empty() {
            query.order
        } else {
            DeviceOrder::HardwareId
        },
        is_backwards: query.is_backwards,
        beginning,
        after: query.after.clone().map(|place| place.0),
        product_id: query.product_id.map_or(0, ProductId::get),
        state: query.state,
        now: engine.now().millis(),
        looked_at: if is_narrowed(query) { LOOKED_AT } else { limit },
        limit,
    })
}

fn beginning(text: &str) -> Result<String> {
    if hardware_key(text).is_empty() {
        return Ok(String::new());
    }
    let refused = |refusal: domain::hardware_id::HardwareIdRefusal| {
        Error::field("hardwareId", refusal.to_string())
    };
    let beginning = HardwareId::parse(text).map_err(refused)?;
    Ok(beginning.as_str().to_owned())
}

fn place(line: &DeviceLine, order: DeviceOrder) -> device_list::DevicePlace {
    let device = &line.device;
    device_list::DevicePlace {
        at: match order {
            DeviceOrder::LastSeen => device.last_seen_at,
            DeviceOrder::FirstSeen => device.first_seen_at,
            DeviceOrder::HardwareId => 0,
        },
        product_id: device.product_id,
        hardware_key: device.hardware_key.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_from_its_text_whatever_the_device_is_called() {
        for text in ["1795435200000_7_AB12", "0_1_A_B__C", "-1_2_Ä/%"] {
            let place: DevicePlace = text.parse().expect("a place");
            assert_eq!(place.to_string(), text);
        }
        for nonsense in ["", "1", "1_2", "1_2_", "x_2_A", "1_x_A", "1_2_A\u{0}"] {
            assert_eq!(
                nonsense.parse::<DevicePlace>(),
                Err(UnknownPlace),
                "{nonsense}"
            );
        }
    }
}
