//! License Activity: the devices that programs run on, and their trials.

use domain::timestamp::Timestamp;
use domain::trial_form::TrialForm;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One device of one product in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceLine {
    /// Its hardware id, folded.
    pub hardware_id: String,
    /// Address of its page.
    pub href: String,
    /// Name of the product.
    pub product_name: String,
    /// Word of its state.
    pub state: String,
    /// Which key it has, or how its trial stands; in words.
    pub remark: String,
    /// The end of the trial that these words are about.
    pub trial_ends_at: Option<Timestamp>,
    /// The version that its program said last, or blank.
    pub version: String,
    /// Where it came from last.
    pub address: String,
    /// Its first contact.
    pub first_seen_at: Timestamp,
    /// Its latest contact.
    pub last_seen_at: Timestamp,
}

/// What to look for; empty texts do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceSearch {
    /// How a hardware id begins.
    pub find: String,
    /// Id of a product.
    pub product: String,
    /// Word of a state.
    pub state: String,
    /// `last_seen`, `first_seen` or `hardware_id`, with a hyphen before it the other way around; empty for what was
    /// seen last.
    pub sort: String,
    /// Where the page begins.
    pub after: Option<String>,
}

impl DeviceSearch {
    /// Whether a beginning is looked for: what begins so is listed by hardware ids alone.
    pub fn is_by_beginning(&self) -> bool {
        !self.find.trim().is_empty()
    }
}

/// One device of one product, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceDetail {
    /// The row.
    pub row: DeviceLine,
    /// Id of the product.
    pub product_id: String,
    /// Address of the key that is activated on it, and the key's end.
    pub license: Option<(String, String)>,
    /// When a key was first activated on it.
    pub first_activated_at: Option<Timestamp>,
    /// The end of its trial.
    pub trial_ends_at: Timestamp,
    /// In how many minutes it was heard of.
    pub contacts: i64,
    /// Whether whoever looks may move the trial's end, and there is one to move.
    pub may_move: bool,
    /// What it was part of, newest first.
    pub history: Vec<ChangeRow>,
    /// Where the older part of that begins.
    pub older: Option<String>,
    /// The server's clock.
    pub now: Timestamp,
}

/// A page of devices.
#[server]
pub async fn load_devices(
    #[server(flatten)] search: DeviceSearch,
) -> Result<Sent<Listed<DeviceLine>>, UiError> {
    use crate::ssr::{device_list, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&device_list(&who, &search).await.map_err(refuse)?)
}

/// One device of one product, with what it was part of before a place in its history.
#[server]
pub async fn load_device(
    product: String,
    hardware: String,
    before: Option<String>,
) -> Result<Sent<DeviceDetail>, UiError> {
    use crate::ssr::{device_detail, pack, refuse, signed_in};
    let who = signed_in().await?;
    let found = device_detail(&who, (&product, &hardware), before.as_deref()).await;
    pack(&found.map_err(refuse)?)
}

/// Gives a device's trial another end.
#[server]
pub async fn change_trial(
    product: String,
    hardware: String,
    #[server(flatten)] form: TrialForm,
) -> Result<Done, UiError> {
    use crate::ssr::{move_trial, reply, signed_in};
    let who = signed_in().await?;
    let moved = move_trial(&who, (&product, &hardware), &form).await;
    reply::<ChangeTrial>(moved, &form).await
}
