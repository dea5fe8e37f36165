//! Issuing: an order's licences, each with a key that nobody has.

use domain::activation_key::ActivationKey;
use domain::fulfilment::{Issuance, PlanTerms, ProductTerms, Quote};
use domain::ids::{LicenseId, OrderId, ProductId};
use domain::purchase::Purchase;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::licenses::{self, License};
use store::orders::Order;
pub(crate) use store::plans::Plan;
pub(crate) use store::products::Product;
use store::{Conn, Tx, plans, products};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;
use crate::keys::data_keys::DataKeys;

/// The product that the purchase names, if it is this tenant's.
pub(crate) async fn find_product(
    conn: &mut Conn,
    order: &Order,
    purchase: &Purchase,
) -> Result<Option<Product>> {
    match purchase.product_id {
        Ok(id) => Ok(products::find(conn, order.tenant_id, id).await?),
        Err(_) => Ok(None),
    }
}

/// The plan that the purchase names, if it is this tenant's.
pub(crate) async fn find_plan(
    conn: &mut Conn,
    order: &Order,
    purchase: &Purchase,
) -> Result<Option<Plan>> {
    match purchase.plan_id {
        Ok(Some(id)) => Ok(plans::find(conn, order.tenant_id, id).await?),
        Ok(None) | Err(_) => Ok(None),
    }
}

/// Draws the licences of an issuance; nothing is written yet.
pub(crate) async fn draw(
    engine: &Engine,
    conn: &mut Conn,
    order: &Order,
    (product, issuance): (&Product, &Issuance),
) -> Result<Vec<License>> {
    let keys = DataKeys::load(engine, conn, order.tenant_id).await?;
    (1..=i32::from(issuance.licenses))
        .map(|position| with_key(engine, &keys, blank(order, product, issuance, position)))
        .collect()
}

/// Writes an order's licences. A key that exists already makes the transaction fail as overtaken;
/// begun anew, it draws again.
pub(crate) fn write(engine: &Engine, tx: &mut Tx, actor: &Actor, drawn: &[License]) {
    for license in drawn {
        licenses::insert(tx, actor.tenant(), license);
        let order = license.order_id.map(OrderId::from);
        let what = Change {
            subject: ("license", license.id.to_string()),
            verb: "issued",
            data: json!({ "orderId": order, "productId": license.product_id, "position": license.position }),
            livemode: license.livemode,
        };
        change::write(tx, actor, engine.now(), what);
    }
}

/// Gives a licence an id and a key.
pub(crate) fn with_key(engine: &Engine, keys: &DataKeys, mut license: License) -> Result<License> {
    let key = ActivationKey::from_random(engine.random());
    license.id = engine.new_id();
    let (data_key_id, sealed) = keys.seal_activation_key(engine, &license.id.to_string(), &key)?;
    license.data_key_id = data_key_id;
    license.key_sealed = sealed;
    license.key_index = keys.index(&key)?;
    key.last_four().clone_into(&mut license.last_four);
    Ok(license)
}

fn blank(order: &Order, product: &Product, issuance: &Issuance, position: i32) -> License {
    License {
        order_id: Some(order.id.get()),
        position: Some(position),
        plan_id: order.plan_id,
        email: order.email.clone(),
        email_key: order.email_key.clone(),
        livemode: order.livemode,
        ..bare(product, issuance, Timestamp::from_millis(order.updated_at))
    }
}

/// A licence without key, holder and order.
pub(crate) fn bare(product: &Product, issuance: &Issuance, now: Timestamp) -> License {
    License {
        id: LicenseId::from(uuid::Uuid::nil()),
        order_id: None,
        position: None,
        product_id: product.id,
        plan_id: None,
        data_key_id: domain::ids::DataKeyId::from(uuid::Uuid::nil()),
        key_sealed: Vec::new(),
        key_index: Vec::new(),
        last_four: String::new(),
        email: String::new(),
        email_key: String::new(),
        manual_end: Some(issuance.ends_at.millis()),
        max_seats: issuance.seats_each,
        seats_used: 0,
        features: "[]".into(),
        corporate_name: None,
        note: None,
        livemode: false,
        state: "active".into(),
        expires_at: issuance.ends_at.millis(),
        created_at: now.millis(),
        updated_at: None,
        hardware_key: None,
        activated_at: None,
        version: None,
        is_offline: false,
    }
}

/// An address that came after the keys becomes the holder of those that have none.
pub(crate) fn give_holder(tx: &mut Tx, order: &Order, now: Timestamp) {
    let holder = (order.email.as_str(), order.email_key.as_str(), now.millis());
    licenses::set_missing_email(tx, order.tenant_id, order.id, holder);
}

/// What we asked the buyer for, where we made the checkout session.
pub(crate) fn quote(order: &Order) -> Option<Quote> {
    Some(Quote {
        product_id: ProductId::from(order.product_id?),
        quantity: u16::try_from(order.quantity).ok()?,
        amount_minor: order.quote_minor?,
        currency: order.quote_currency.clone(),
    })
}

pub(crate) fn product_terms(product: &Product) -> ProductTerms {
    ProductTerms {
        id: product.id,
        is_active: product.is_active,
        is_archived: product.archived_at.is_some(),
        default_license_days: product.default_license_days,
        max_seats: product.max_seats,
        seats_from_quantity: product.seats_from_quantity,
    }
}

pub(crate) fn plan_terms(plan: &Plan) -> PlanTerms {
    PlanTerms {
        id: plan.id,
        is_active: plan.is_active,
        duration_days: plan.duration_days,
    }
}
