//! Products: what is sold, and the mail that goes with it. Archived, never deleted.

pub mod archive;
pub mod create;
pub mod find;
pub mod list;
pub mod preview_template;
pub mod send_test_mail;
pub mod update;

use domain::ids::ProductId;
use domain::money::Money;
use domain::product::ProductChanges;
use domain::timestamp::Timestamp;
use store::products::Product;

use crate::emails::template;
use crate::error::{Error, Result};

/// A product as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductView {
    /// Id; also stands in Stripe's metadata.
    pub id: ProductId,
    /// What an admin may change.
    pub fields: ProductChanges,
    /// Counts the changes of subject and template, from 1.
    pub template_version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Since when it is kept only for its licences.
    pub archived_at: Option<Timestamp>,
}

fn view(row: &Product) -> Result<ProductView> {
    Ok(ProductView {
        id: row.id,
        fields: fields(row)?,
        template_version: row.template_version,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: row.updated_at.map(Timestamp::from_millis),
        archived_at: row.archived_at.map(Timestamp::from_millis),
    })
}

fn fields(row: &Product) -> Result<ProductChanges> {
    let currency = row
        .currency
        .parse()
        .map_err(|_| Error::fault("a product's currency is not known"))?;
    Ok(ProductChanges {
        name: row.name.clone(),
        version: row.version.clone(),
        description: row.description.clone(),
        is_active: row.is_active,
        price: Money::new(row.price_minor, currency),
        trial_days: row.trial_days,
        default_license_days: row.default_license_days,
        features: serde_json::from_str(&row.features)?,
        max_seats: row.max_seats,
        seats_from_quantity: row.seats_from_quantity,
        minimum_required_version: row.minimum_required_version.clone(),
        enforce_version_check: row.enforce_version_check,
        send_purchase_email: row.send_purchase_email,
        send_renewal_reminders: row.send_renewal_reminders,
        renewal_reminder_days: row.renewal_reminder_days,
        deactivation_cooldown_hours: row.deactivation_cooldown_hours,
        email_subject: row.email_subject.clone(),
        email_template: row.email_template.clone(),
        refund_policy: row
            .refund_policy
            .parse()
            .map_err(|_| Error::fault("a product's refund policy is not known"))?,
    })
}

/// The row that the fields make; `kept` is what the fields do not say.
fn row(fields: &ProductChanges, kept: &Kept) -> Result<Product> {
    let fields = fields.clone();
    Ok(Product {
        id: kept.id,
        name: fields.name,
        version: fields.version,
        description: fields.description,
        is_active: fields.is_active,
        price_minor: fields.price.minor,
        currency: fields.price.currency.code().to_owned(),
        trial_days: fields.trial_days,
        default_license_days: fields.default_license_days,
        features: serde_json::to_string(&fields.features)?,
        max_seats: fields.max_seats,
        seats_from_quantity: fields.seats_from_quantity,
        minimum_required_version: fields.minimum_required_version,
        enforce_version_check: fields.enforce_version_check,
        send_purchase_email: fields.send_purchase_email,
        send_renewal_reminders: fields.send_renewal_reminders,
        renewal_reminder_days: fields.renewal_reminder_days,
        deactivation_cooldown_hours: fields.deactivation_cooldown_hours,
        email_subject: fields.email_subject,
        email_template: fields.email_template,
        template_version: kept.template_version,
        refund_policy: fields.refund_policy.as_str().to_owned(),
        created_at: kept.created_at,
        updated_at: kept.updated_at,
        archived_at: None,
    })
}

/// What a product's row holds besides its fields.
struct Kept {
    id: ProductId,
    template_version: i32,
    created_at: i64,
    updated_at: Option<i64>,
}

/// Refuses templates that cannot be rendered, beside their fields.
fn check_templates(fields: &ProductChanges) -> Result<()> {
    template::check(&fields.email_subject, &fields.email_template)
        .map_err(|error| Error::field(error.field, error.message))
}

fn name_in_use() -> Error {
    Error::Conflict {
        code: "name_in_use",
        message: "Another product has this name, or had it once and programs may still ask \
                  by it. Choose another name."
            .into(),
    }
}
