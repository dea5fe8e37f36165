//! License keys: found, listed, looked at. What people do with them is in `license_acts`.

use domain::ids::{LicenseId, OrderId, PlanId, ProductId};
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use super::changes::ChangeRow;
use crate::error::UiError;
use crate::sent::Sent;

/// One key in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenseRow {
    /// Id.
    pub id: LicenseId,
    /// The whole key.
    pub activation_key: String,
    /// Name of its product.
    pub product_name: String,
    /// The customer; empty where nobody said.
    pub email: String,
    /// Word of its state.
    pub state: String,
    /// End.
    pub expires_at: Timestamp,
    /// When it was issued.
    pub created_at: Timestamp,
}

/// A device that took a seat of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// Its hardware id, folded.
    pub hardware_id: String,
    /// Address of its page.
    pub href: String,
    /// The version that its program said last; empty where it said none.
    pub version: String,
    /// Where it last came from; empty where it never came itself.
    pub address: String,
    /// False once its seat is free again.
    pub has_seat: bool,
    /// When its seat became free, or when it was last seen.
    pub at: Timestamp,
}

/// One key, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a yes and no of its own on the key's page"
)]
pub struct LicenseDetail {
    /// The row.
    pub row: LicenseRow,
    /// Its product.
    pub product_id: ProductId,
    /// Its plan and the plan's name, where it was made with one.
    pub plan: Option<(PlanId, String)>,
    /// Seats, where it has a number of them.
    pub max_seats: Option<i32>,
    /// Seats taken.
    pub seats_used: i32,
    /// Live, or made by a test.
    pub livemode: bool,
    /// What it unlocks beside its product's and its plan's, with commas between.
    pub features: String,
    /// A remark that only people of the tenant see.
    pub note: String,
    /// The purchase it came from.
    pub order_id: Option<OrderId>,
    /// The holder's company; empty where nobody said.
    pub corporate_name: String,
    /// The newest offline code that was made for it.
    pub offline_code: Option<String>,
    /// A page of the devices that took a seat of it, the newest activation first.
    pub devices: Vec<DeviceRow>,
    /// Where the next page of devices begins.
    pub next_devices: Option<String>,
    /// Whether whoever looks may make offline codes.
    pub may_generate: bool,
    /// Whether whoever looks may send it to somebody.
    pub may_send: bool,
    /// Whether whoever looks may change it.
    pub may_manage: bool,
    /// What happened to it lately, newest first.
    pub history: Vec<ChangeRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// What to look for; empty texts do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LicenseSearch {
    /// A key (whole, in any writing, or its last four) or an e-mail address or its beginning.
    pub find: String,
    /// Word of a state.
    pub state: String,
    /// Id of a product.
    pub product: String,
    /// Word of an order; empty for the list's own.
    pub sort: String,
    /// Where the page begins.
    pub after: Option<String>,
}

/// A page of keys.
#[server]
pub async fn load_licenses(
    #[server(flatten)] search: LicenseSearch,
) -> Result<Sent<Listed<LicenseRow>>, UiError> {
    use crate::ssr::{license_list, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&license_list(&who, search).await.map_err(refuse)?)
}

/// One key, with a page of its devices.
#[server]
pub async fn load_license(
    id: String,
    devices: Option<String>,
) -> Result<Sent<LicenseDetail>, UiError> {
    use crate::ssr::{license_detail, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(
        &license_detail(&who, &id, devices.as_deref())
            .await
            .map_err(refuse)?,
    )
}
