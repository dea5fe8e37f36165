//! Creating a product: only its name is required.

use domain::ids::ProductId;
use domain::money::Money;
use domain::permission::Permission;
use domain::product::{ProductChanges, ProductForm};
use serde_json::json;
use store::{products, stripe_apps};

use super::{Kept, ProductView, check_templates, name_in_use, row, view};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;

/// Creates a product. `Conflict` `name_in_use` where a product has or had the name.
pub async fn execute(engine: &Engine, actor: &Actor, form: &ProductForm) -> Result<ProductView> {
    actor.may(Permission::Manage)?;
    let fields = form.parse(&blank(engine, actor).await?)?;
    check_templates(&fields)?;
    let now = engine.now();
    let kept = Kept {
        id: ProductId::from(0),
        template_version: 1,
        created_at: now.millis(),
        updated_at: None,
    };
    let mut product = row(&fields, &kept)?;
    let mut tx = engine.begin();
    product.id = products::insert(&mut tx, actor.tenant(), &product).await?;
    let name = (fields.name_key(), product.id);
    let name = (name.0.as_str(), name.1);
    if !products::insert_name(&mut tx, actor.tenant(), name, now.millis()).await? {
        return Err(name_in_use());
    }
    let what = Change {
        subject: ("product", product.id.to_string()),
        verb: "created",
        data: json!({ "name": product.name }),
        livemode: false,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    view(&product)
}

/// A product before anything of it is written: in the default Stripe app's currency, the live one's first.
pub async fn blank(engine: &Engine, actor: &Actor) -> Result<ProductChanges> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let mut apps = stripe_apps::list(&mut conn, actor.tenant()).await?;
    apps.retain(|app| app.is_default);
    let app = apps.iter().max_by_key(|app| app.is_live);
    let mut blank = ProductChanges::default();
    if let Some(Ok(currency)) = app.map(|app| app.default_currency.parse()) {
        blank.price = Money::new(0, currency);
    }
    Ok(blank)
}
