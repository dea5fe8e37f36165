//! The first page: what was sold, what was delivered, what wants attention.

use domain::money::Money;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::licenses::LicenseRow;
use crate::error::UiError;

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
    /// Since when.
    pub since: Timestamp,
}

/// What is still to do before the first sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSteps {
    /// A tenant key is active.
    pub has_tenant_key: bool,
    /// There is a product.
    pub has_product: bool,
    /// A Stripe app is ready on this side of the switch.
    pub has_ready_app: bool,
    /// A purchase was fulfilled on this side of the switch.
    pub has_purchase: bool,
}

impl FirstSteps {
    /// True once nothing is left.
    pub const fn are_done(&self) -> bool {
        self.has_tenant_key && self.has_product && self.has_ready_app && self.has_purchase
    }
}

/// The page, on one side of the Test / Live switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Keys issued in the last 30 days.
    pub keys_issued: i64,
    /// Keys issued in the last 24 hours.
    pub keys_issued_today: i64,
    /// Purchases fulfilled in the last 30 days.
    pub purchases: i64,
    /// Money taken in the last 30 days, by currency.
    pub revenue: Vec<Money>,
    /// Mails handed over in the last 30 days.
    pub mails_sent: i64,
    /// Mails on their way.
    pub mails_waiting: i64,
    /// What wants an act, the most urgent first.
    pub problems: Vec<Problem>,
    /// What is still to do before the first sale.
    pub first_steps: FirstSteps,
    /// The newest keys.
    pub latest: Vec<LicenseRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// The first page.
#[server]
pub async fn load_dashboard() -> Result<Dashboard, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    missing("engine::dashboard::view")
}
