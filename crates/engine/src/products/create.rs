//! Creating a product: only its name is required.

use domain::ids::ProductId;
use domain::permission::Permission;
use domain::product::{ProductChanges, ProductForm};
use serde_json::json;
use store::products;

use super::{Kept, ProductView, check_templates, name_in_use, row, view};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;

/// Creates a product. `Conflict` `name_in_use` where a product has or had the name.
pub async fn execute(engine: &Engine, actor: &Actor, form: &ProductForm) -> Result<ProductView> {
    actor.may(Permission::Manage)?;
    let fields = form.parse(&ProductChanges::default())?;
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
