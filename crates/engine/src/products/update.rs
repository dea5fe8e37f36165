//! Changing a product. It keeps every name that it ever had, for programs in the field ask by them.

use domain::ids::{ProductId, TenantId};
use domain::permission::Permission;
use domain::product::{ProductChanges, ProductForm};
use serde_json::json;
use store::{Tx, products};

use super::{Kept, ProductView, check_templates, fields, name_in_use, row, view};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};

/// Changes what the form names and keeps the rest. `Conflict` `name_in_use` where another product
/// has or had the name, `archived` where the product is archived.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    id: ProductId,
    form: &ProductForm,
) -> Result<ProductView> {
    actor.may(Permission::Manage)?;
    let now = engine.now();
    let mut tx = engine.begin();
    let found = products::lock(&mut tx, actor.tenant(), id).await?;
    let former = found.ok_or(Error::NotFound("product"))?;
    if former.archived_at.is_some() {
        return Err(Error::Conflict {
            code: "archived",
            message:
                "This product is archived: it is kept for its licenses. Bring it back to change it."
                    .into(),
        });
    }
    let before = fields(&former)?;
    let after = form.parse(&before)?;
    check_templates(&after)?;
    if after.name_key() != before.name_key() {
        take_name(
            &mut tx,
            actor.tenant(),
            (&after.name_key(), id),
            now.millis(),
        )
        .await?;
    }
    let changed = changed_fields(&before, &after);
    let is_new_template = changed.iter().any(|f| f.starts_with("email"));
    let kept = Kept {
        id,
        template_version: former.template_version + i32::from(is_new_template),
        created_at: former.created_at,
        updated_at: Some(now.millis()),
    };
    let product = row(&after, &kept)?;
    products::update(&mut tx, actor.tenant(), &product).await?;
    let what = Change {
        subject: ("product", id.to_string()),
        verb: "updated",
        data: json!({ "name": product.name, "fields": changed }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    view(&product)
}

/// Gives the product the name, unless it has or had it anyway.
async fn take_name(tx: &mut Tx, tenant: TenantId, name: (&str, ProductId), now: i64) -> Result<()> {
    if products::insert_name(tx, tenant, name, now).await? {
        return Ok(());
    }
    let owner = products::find_by_name(tx, tenant, name.0).await?;
    if owner == Some(name.1) {
        return Ok(());
    }
    Err(name_in_use())
}

/// Which fields the change log names; their texts would make it long.
fn changed_fields(before: &ProductChanges, after: &ProductChanges) -> Vec<&'static str> {
    macro_rules! changed {
        ($($name:literal: $field:ident,)+) => {
            [$((before.$field != after.$field).then_some($name),)+]
        };
    }
    let all = changed! {
        "name": name,
        "version": version,
        "description": description,
        "isActive": is_active,
        "price": price,
        "trialDays": trial_days,
        "defaultLicenseDays": default_license_days,
        "features": features,
        "maxSeats": max_seats,
        "seatsFromQuantity": seats_from_quantity,
        "minimumRequiredVersion": minimum_required_version,
        "enforceVersionCheck": enforce_version_check,
        "sendPurchaseEmail": send_purchase_email,
        "sendRenewalReminders": send_renewal_reminders,
        "renewalReminderDays": renewal_reminder_days,
        "deactivationCooldownHours": deactivation_cooldown_hours,
        "emailSubject": email_subject,
        "emailTemplate": email_template,
        "refundPolicy": refund_policy,
    };
    all.into_iter().flatten().collect()
}
