//! A device as people see it: when it was seen, how its trial stands, and which licence it has.

use std::collections::HashMap;

use domain::device_state::{DeviceState, Standing};
use domain::ids::{LicenseId, ProductId};
use domain::timestamp::Timestamp;
use domain::trial::TrialDevice;
use store::device_list::DeviceLine;

/// One device of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceView {
    /// Product.
    pub product_id: ProductId,
    /// Its name today.
    pub product_name: String,
    /// The device, folded.
    pub hardware_id: String,
    /// How it stands to the product now.
    pub state: DeviceState,
    /// Its first contact.
    pub first_seen_at: Timestamp,
    /// Its latest contact that is written down.
    pub last_seen_at: Timestamp,
    /// In how many minutes it was heard of.
    pub contacts: i64,
    /// The end of its trial, whatever became of it since.
    pub trial_ends_at: Timestamp,
    /// When a key of the product was first activated on it.
    pub first_activated_at: Option<Timestamp>,
    /// Where it came from last.
    pub address: String,
    /// The version that its program said last, or blank.
    pub version: String,
    /// The licence that is activated on it, and the last four characters of its key.
    pub license: Option<(LicenseId, String)>,
}

pub(super) fn of(
    line: DeviceLine,
    names: &HashMap<ProductId, String>,
    now: Timestamp,
) -> DeviceView {
    let device = line.device;
    let trial_ends_at = Timestamp::from_millis(device.trial_ends_at);
    let license = line.license_id.map(LicenseId::from).zip(line.last_four);
    let standing = match license {
        Some(_) => Standing::Licensed,
        None => Standing::Unlicensed,
    };
    let trial = TrialDevice {
        trial_ends_at,
        was_activated: device.ever_activated_at.is_some(),
    };
    DeviceView {
        product_id: device.product_id,
        product_name: names.get(&device.product_id).cloned().unwrap_or_default(),
        hardware_id: device.hardware_key,
        state: DeviceState::of(trial, now, standing),
        first_seen_at: Timestamp::from_millis(device.first_seen_at),
        last_seen_at: Timestamp::from_millis(device.last_seen_at),
        contacts: device.contacts,
        trial_ends_at,
        first_activated_at: device.ever_activated_at.map(Timestamp::from_millis),
        address: device.address,
        version: device.version,
        license,
    }
}
