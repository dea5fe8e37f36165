//! Changing what people say of a licence: its holder, company, seats, features and note.

use domain::folding::email_key;
use domain::license_update_form::{LicenseFields, LicenseUpdateForm};
use serde_json::json;
use store::licenses::{self, License};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;
use crate::licenses::hold;
use crate::licenses::view::LicenseView;

/// Changes what the form names of the licence with this key, and keeps the rest; where nothing is
/// another, nothing happens. Its row is locked before its seats are judged.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    key: &str,
    form: &LicenseUpdateForm,
) -> Result<LicenseView> {
    let (mut tx, mut license) = hold::lock(engine, actor, key).await?;
    let before = fields(&license)?;
    let after = form.parse(&before, license.seats_used)?;
    let changed = changed_fields(&before, &after);
    if !changed.is_empty() {
        put(&mut license, after)?;
        license.updated_at = Some(engine.now().millis());
        licenses::set_fields(&mut tx, actor.tenant(), &license);
        let what = Change {
            subject: ("license", license.id.to_string()),
            verb: "updated",
            data: json!({ "fields": changed }),
            livemode: license.livemode,
        };
        change::write(&mut tx, actor, engine.now(), what);
    }
    hold::show(engine, tx, actor, &license).await
}

fn fields(license: &License) -> Result<LicenseFields> {
    Ok(LicenseFields {
        email: license.email.clone(),
        corporate_name: license.corporate_name.clone(),
        max_seats: license.max_seats,
        features: serde_json::from_str(&license.features)?,
        note: license.note.clone(),
    })
}

fn put(license: &mut License, fields: LicenseFields) -> Result<()> {
    license.email_key = email_key(&fields.email);
    license.email = fields.email;
    license.corporate_name = fields.corporate_name;
    license.max_seats = fields.max_seats;
    license.features = serde_json::to_string(&fields.features)?;
    license.note = fields.note;
    Ok(())
}

/// Which fields the change log names. What stands in them is the holder's, or for admins alone.
fn changed_fields(before: &LicenseFields, after: &LicenseFields) -> Vec<&'static str> {
    let all = [
        ("email", before.email != after.email),
        (
            "corporateName",
            before.corporate_name != after.corporate_name,
        ),
        ("maxSeats", before.max_seats != after.max_seats),
        ("features", before.features != after.features),
        ("note", before.note != after.note),
    ];
    let changed = all.into_iter().filter(|(_, is_changed)| *is_changed);
    changed.map(|(name, _)| name).collect()
}
