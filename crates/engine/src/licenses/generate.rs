//! Generating licences by hand or by a program, without a payment.

use domain::folding::{email_key, name_key};
use domain::fulfilment::Issuance;
use domain::hardware_id::HardwareId;
use domain::license_form::{LicenseForm, LicenseWish, NamedProduct};
use domain::license_term::{self, Terms};
use domain::permission::Permission;
use serde_json::json;
use store::licenses::{self, License};
use store::plans::Plan;
use store::products::Product;
use store::{Tx, plans, products};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::crypto::offline::{self, Pen};
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;
use crate::licenses::seat::{self, Seat};
use crate::licenses::view::{self, LicenseView};
use crate::orders::issue;
use crate::start_over;

/// Which side the licences are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// For trying things out.
    Test,
    /// For customers.
    Live,
}

/// Generates the licences that the form wishes for, all or none.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    form: &LicenseForm,
    side: Side,
) -> Result<Vec<LicenseView>> {
    actor.may(Permission::Generate)?;
    let wish = form.parse()?;
    let pen = match &wish.hardware_id {
        Some(_) => Some(offline::pen(engine, actor.tenant()).await?),
        None => None,
    };
    // A key that exists already is drawn again.
    let attempt = || attempt(engine, actor, (&wish, side), pen.as_ref());
    start_over::when_overtaken(attempt, "no new activation key could be drawn").await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    (wish, side): (&LicenseWish, Side),
    pen: Option<&Pen>,
) -> Result<Vec<LicenseView>> {
    let mut tx = engine.begin();
    let product = sellable_product(&mut tx, actor, wish).await?;
    let plan = sellable_plan(&mut tx, actor, wish).await?;
    let blank = blank(engine, wish, (&product, plan.as_ref()), side)?;
    let rows = write(engine, &mut tx, actor, (&blank, wish.quantity)).await?;
    if let (Some(pen), Some(device), [license]) = (pen, &wish.hardware_id, rows.as_slice()) {
        let bound = (license, &product, device);
        let view = on_device(engine, &mut tx, actor, (bound, pen)).await?;
        tx.commit().await?;
        return Ok(vec![view]);
    }
    let views = view::open(engine, &mut tx, actor.tenant(), &rows).await?;
    tx.commit().await?;
    Ok(views)
}

/// Activates a new licence on the one device that it is for, and makes its offline code.
async fn on_device(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    ((license, product, device), pen): ((&License, &Product, &HardwareId), &Pen),
) -> Result<LicenseView> {
    let tenant = actor.tenant();
    let wanted = Seat {
        license_id: license.id,
        product_id: product.id,
        trial_days: product.trial_days,
        livemode: license.livemode,
        hardware_id: device,
        version: None,
        email: None,
        address: None,
    };
    seat::take(engine, tx, actor, &wanted);
    let what = (license, product, device);
    offline::write(engine, tx, (tenant, pen), what).await?;
    let row = licenses::find(tx, tenant, license.id).await?;
    let row = row.ok_or(Error::fault("a generated licence is missing"))?;
    view::named(engine, tx, tenant, (&row, product.name.clone())).await
}

async fn write(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    (blank, quantity): (&License, u16),
) -> Result<Vec<License>> {
    let keys = DataKeys::load(engine, tx, actor.tenant()).await?;
    let mut drawn = Vec::new();
    for _ in 0..quantity {
        let license = issue::with_key(engine, &keys, blank.clone())?;
        licenses::insert(tx, actor.tenant(), &license);
        let what = Change {
            subject: ("license", license.id.to_string()),
            verb: "generated",
            data: json!({ "productId": blank.product_id, "planId": blank.plan_id }),
            livemode: blank.livemode,
        };
        change::write(tx, actor, engine.now(), what);
        drawn.push(license);
    }
    Ok(drawn)
}

async fn sellable_product(tx: &mut Tx, actor: &Actor, wish: &LicenseWish) -> Result<Product> {
    let (field, id) = match &wish.product {
        NamedProduct::Id(id) => ("productId", Some(*id)),
        NamedProduct::Name(name) => {
            let id = products::find_by_name(tx, actor.tenant(), &name_key(name)).await?;
            ("productName", id)
        }
    };
    let product = match id {
        Some(id) => products::find(tx, actor.tenant(), id).await?,
        None => None,
    };
    let product = product
        .filter(|product| product.archived_at.is_none())
        .ok_or_else(|| Error::field(field, "Name one of your products."))?;
    if !product.is_active {
        return Err(Error::field(
            field,
            "This product is not active. Activate it first.",
        ));
    }
    Ok(product)
}

async fn sellable_plan(tx: &mut Tx, actor: &Actor, wish: &LicenseWish) -> Result<Option<Plan>> {
    let Some(id) = wish.plan_id else {
        return Ok(None);
    };
    let plan = plans::find(tx, actor.tenant(), id)
        .await?
        .ok_or_else(|| Error::field("planId", "Name one of your plans."))?;
    if !plan.is_active {
        return Err(Error::field(
            "planId",
            "This plan is not active. Activate it first.",
        ));
    }
    Ok(Some(plan))
}

fn blank(
    engine: &Engine,
    wish: &LicenseWish,
    (product, plan): (&Product, Option<&Plan>),
    side: Side,
) -> Result<License> {
    let now = engine.now();
    let terms = Terms {
        default_days: product.default_license_days,
        plan_days: plan.map(|plan| plan.duration_days),
        named_days: wish.validity_days,
    };
    let field = if plan.is_some() {
        "planId"
    } else {
        "validityDays"
    };
    let ends_at = license_term::end_of_generated(terms, now)
        .map_err(|refusal| Error::field(field, sentence(&refusal.to_string())))?;
    let issuance = Issuance {
        licenses: wish.quantity,
        seats_each: wish.max_seats.or(product.max_seats),
        ends_at,
    };
    Ok(License {
        plan_id: plan.map(|plan| plan.id.get()),
        email: wish.email.clone(),
        email_key: email_key(&wish.email),
        corporate_name: wish.corporate_name.clone(),
        features: serde_json::to_string(&wish.features)?,
        note: wish.note.clone(),
        livemode: side == Side::Live,
        ..issue::bare(product, &issuance, now)
    })
}

/// A refusal's words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}
