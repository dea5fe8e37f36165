//! A Stripe app as it may be shown: which secrets it has, never what they are.

use serde::{Deserialize, Serialize};

use crate::ids::StripeAppId;
use crate::stripe_app_status::{Problem, StripeAppStatus};
use crate::timestamp::Timestamp;

/// What people, in their browsers too, and the JSON API see of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch or a yes and no of its own on the app's page"
)]
pub struct StripeAppView {
    /// Id.
    pub id: StripeAppId,
    /// Name as typed.
    pub name: String,
    /// `pk_…`
    pub publishable_key: String,
    /// A secret key is saved and can be opened.
    pub has_secret: bool,
    /// Its last four characters, or empty.
    pub secret_key_last_four: String,
    /// A signing secret is saved and can be opened.
    pub has_webhook_signing_secret: bool,
    /// Its last four characters, or empty.
    pub signing_secret_last_four: String,
    /// Until when the signing secret before the last roll counts too.
    pub previous_signing_secret_until: Option<Timestamp>,
    /// Live or test account.
    pub is_live: bool,
    /// Inactive apps verify nothing.
    pub is_active: bool,
    /// The one used where none is named.
    pub is_default: bool,
    /// ISO code, upper case.
    pub default_currency: String,
    /// Ready, Partial or Not configured.
    pub status: StripeAppStatus,
    /// What stands in its way, the first thing to do first.
    pub problems: Vec<Problem>,
    /// Where Stripe should send this app's events.
    pub webhook_url: String,
    /// When it was added.
    pub created_at: Timestamp,
}
