//! A product's fields; how a form becomes them is in `product_form`.

use crate::folding::name_key;
use crate::money::{Currency, Money};
use crate::words::words;

pub use crate::product_form::ProductForm;

/// Characters of a product's name.
pub const NAME_MAX: usize = 200;
/// Characters of the template of a mail's body.
pub const TEMPLATE_MAX: usize = 100_000;

words! {
    /// What a full refund does to the licences that it paid for.
    pub enum RefundPolicy as "refund policy" {
        /// They are revoked.
        Revoke => "revoke",
        /// They are suspended, for a person to decide.
        Suspend => "suspend",
        /// They stay, with a flag.
        Keep => "keep",
    }
}

/// A product's fields as they will stand after the change. `Default` is where a new product starts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the product's page"
)]
pub struct ProductChanges {
    /// Name as typed.
    pub name: String,
    /// Newest version of the program.
    pub version: String,
    /// For admins.
    pub description: String,
    /// Inactive products are not sold.
    pub is_active: bool,
    /// Price of one.
    pub price: Money,
    /// 0 is no trial.
    pub trial_days: i32,
    /// 0 is perpetual.
    pub default_license_days: i32,
    /// Each once, in the order of writing.
    pub features: Vec<String>,
    /// Seats of each key; `None` is a key for one device.
    pub max_seats: Option<i32>,
    /// One key of N seats instead of N keys.
    pub seats_from_quantity: bool,
    /// The oldest version that is served.
    pub minimum_required_version: Option<String>,
    /// Whether older ones are refused.
    pub enforce_version_check: bool,
    /// Whether a purchase is followed by a mail with the keys.
    pub send_purchase_email: bool,
    /// Whether the end is reminded of.
    pub send_renewal_reminders: bool,
    /// Days before the end.
    pub renewal_reminder_days: Option<i32>,
    /// Hours between two deactivations.
    pub deactivation_cooldown_hours: Option<i32>,
    /// Template; blank is the standard one.
    pub email_subject: String,
    /// Template; blank is the standard one.
    pub email_template: String,
    /// What a full refund does.
    pub refund_policy: RefundPolicy,
}

impl Default for ProductChanges {
    fn default() -> Self {
        Self {
            name: String::new(),
            version: String::new(),
            description: String::new(),
            is_active: true,
            price: Money::new(0, Currency::USD),
            trial_days: 0,
            default_license_days: 0,
            features: Vec::new(),
            max_seats: None,
            seats_from_quantity: false,
            minimum_required_version: None,
            enforce_version_check: false,
            send_purchase_email: true,
            send_renewal_reminders: false,
            renewal_reminder_days: None,
            deactivation_cooldown_hours: None,
            email_subject: String::new(),
            email_template: String::new(),
            refund_policy: RefundPolicy::Revoke,
        }
    }
}

impl ProductChanges {
    /// The name folded, which is unique in a tenant.
    pub fn name_key(&self) -> String {
        name_key(&self.name)
    }
}
