//! The first page: what was sold, what was delivered, what wants attention.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::licenses::LicenseRow;
use crate::error::UiError;
use crate::sent::Sent;

/// Something that wants an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `Event`, `Mail`, `Purchase`, `App`.
    pub kind: String,
    /// True where money or keys are at stake.
    pub is_urgent: bool,
    /// What happened.
    pub title: String,
    /// Its cause, and what to do.
    pub text: String,
    /// Address of the page where it is done.
    pub href: String,
    /// Since when; `None` where it has always been so.
    pub since: Option<Timestamp>,
}

/// What is still to do before the first sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a checklist is its yes and no"
)]
pub struct FirstSteps {
    /// There is a product.
    pub has_product: bool,
    /// A Stripe app is ready on this side of the switch.
    pub has_ready_app: bool,
    /// Mails can be sent.
    pub has_mail_server: bool,
    /// A key was issued on this side of the switch.
    pub has_license: bool,
}

impl FirstSteps {
    /// True once nothing is left.
    pub const fn are_done(&self) -> bool {
        self.has_product && self.has_ready_app && self.has_mail_server && self.has_license
    }
}

/// Something that is counted by day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// In the last 30 days, today among them.
    pub total: i64,
    /// In the 30 days before those.
    pub before: i64,
    /// The last 30 days as HTML, drawn on the server.
    pub chart: String,
}

/// The page, on one side of the Test / Live switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Keys issued.
    pub keys: Figure,
    /// Devices that took a seat.
    pub activations: Figure,
    /// What was paid in the last 30 days, as `1,299.00 EUR`, the commonest currency first.
    pub revenue: Vec<String>,
    /// Mails that no server has taken.
    pub mails_unsent: i64,
    /// What becomes of them, in words.
    pub mails_note: String,
    /// What wants an act, the most urgent first.
    pub problems: Vec<Problem>,
    /// What is still to do before the first sale.
    pub first_steps: FirstSteps,
    /// Whether whoever looks may do it.
    pub may_manage: bool,
    /// The newest keys.
    pub latest: Vec<LicenseRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// The first page.
#[server]
pub async fn load_dashboard() -> Result<Sent<Dashboard>, UiError> {
    use crate::ssr::{dashboard_page, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&dashboard_page(&who).await.map_err(refuse)?)
}
