//! Review: payments that name a product but could not be fulfilled. A person issues keys or dismisses.

use domain::fulfilment::{self, Bought, Issuance, Known};
use domain::ids::{OrderId, PlanId, ProductId};
use domain::permission::Permission;
use domain::purchase::QUANTITY_MAX;
use serde_json::json;
use store::orders::{self, Order};
use store::products::Product;
use store::{Tx, plans, products, stripe_events};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::orders::{fulfil, issue, purchase_mail};
use crate::start_over;

/// Orders shown at most.
const LIMIT: i64 = 200;

/// The orders of one side that wait for a person, newest first, for programs; people read
/// [`super::review_list`] page by page.
pub async fn list(engine: &Engine, actor: &Actor, livemode: bool) -> Result<Vec<Order>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    Ok(orders::list_by_state(&mut conn, actor.tenant(), (livemode, "review"), LIMIT).await?)
}

/// Issues `quantity` keys of a product for an order in review; answers how many keys there are.
pub async fn issue(
    engine: &Engine,
    actor: &Actor,
    id: OrderId,
    (product_id, quantity): (ProductId, u16),
) -> Result<usize> {
    actor.may(Permission::Manage)?;
    if !(1..=QUANTITY_MAX).contains(&quantity) {
        return Err(Error::field(
            "quantity",
            "Issue at least 1 and at most 100 keys.",
        ));
    }
    // A key that exists already is drawn again.
    let attempt = || attempt(engine, actor, id, (product_id, quantity));
    start_over::when_overtaken(attempt, "no new activation key could be drawn").await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    id: OrderId,
    (product_id, quantity): (ProductId, u16),
) -> Result<usize> {
    let mut tx = engine.begin();
    let mut order = lock_in_review(engine, &mut tx, (actor, id)).await?;
    let product = products::find(&mut tx, actor.tenant(), product_id)
        .await?
        .ok_or_else(|| {
            Error::field(
                "productId",
                "There is no such product. Choose one of the list.",
            )
        })?;
    let issuance = decide(engine, &mut tx, (&order, &product), quantity).await?;
    order.product_id = Some(product_id.get());
    order.quantity = i32::from(quantity);
    let drawn = issue::draw(engine, &mut tx, &order, (&product, &issuance)).await?;
    order.state = "issued".into();
    order.review_reason = None;
    order.issued_at = Some(engine.now().millis());
    orders::update(&mut tx, &order);
    issue::write(engine, &mut tx, actor, &drawn);
    purchase_mail::queue_once(engine, &mut tx, &order).await?;
    let count = drawn.len();
    let outcome = format!("{} after review", fulfil::keys_issued(count));
    let end = ("fulfilled", &*outcome, "issued_after_review");
    close(engine, &mut tx, (actor, &order), end);
    tx.commit().await?;
    engine.wake_worker();
    Ok(count)
}

/// A person has decided: that product or plan are not for sale any more is no obstacle.
async fn decide(
    engine: &Engine,
    tx: &mut Tx,
    (order, product): (&Order, &Product),
    quantity: u16,
) -> Result<Issuance> {
    let terms = fulfilment::ProductTerms {
        is_active: true,
        is_archived: false,
        ..issue::product_terms(product)
    };
    let plan_id = order.plan_id.map(PlanId::from);
    let plan = match plan_id {
        Some(id) => plans::find(tx, order.tenant_id, id).await?,
        None => None,
    };
    let plan = plan.map(|plan| fulfilment::PlanTerms {
        is_active: true,
        ..issue::plan_terms(&plan)
    });
    let bought = Bought {
        product_id: Ok(product.id),
        quantity: Ok(quantity),
        plan_id: Ok(plan_id),
        plan_days: Ok(order.plan_days),
        amount_minor: None,
        currency: None,
    };
    let known = Known {
        product: Some(&terms),
        plan: plan.as_ref(),
        quote: None,
    };
    fulfilment::decide(&bought, known, engine.now())
        .map_err(|reason| Error::field("productId", reason.to_string()))
}

/// Decides that an order in review needs no keys.
pub async fn dismiss(engine: &Engine, actor: &Actor, id: OrderId) -> Result<()> {
    actor.may(Permission::Manage)?;
    let mut tx = engine.begin();
    let mut order = lock_in_review(engine, &mut tx, (actor, id)).await?;
    order.state = "dismissed".into();
    orders::update(&mut tx, &order);
    close(
        engine,
        &mut tx,
        (actor, &order),
        ("ignored", "dismissed after review", "dismissed"),
    );
    Ok(tx.commit().await?)
}

async fn lock_in_review(
    engine: &Engine,
    tx: &mut Tx,
    (actor, id): (&Actor, OrderId),
) -> Result<Order> {
    let order = orders::lock(tx, actor.tenant(), id, engine.now().millis())
        .await?
        .ok_or(Error::NotFound("order"))?;
    if order.state == "review" {
        return Ok(order);
    }
    Err(Error::Conflict {
        code: "not_in_review",
        message: "Somebody has already decided about this payment. Reload the page to see what."
            .into(),
    })
}

fn close(
    engine: &Engine,
    tx: &mut Tx,
    (actor, order): (&Actor, &Order),
    (processing, outcome, verb): (&str, &str, &str),
) {
    let now = engine.now();
    let end = stripe_events::Finish {
        processing,
        order_id: Some(order.id),
        outcome,
        now: now.millis(),
    };
    stripe_events::follow_order(tx, order.tenant_id, order.id, &end);
    let what = Change {
        subject: ("order", order.id.to_string()),
        verb,
        data: json!({ "productId": order.product_id, "quantity": order.quantity }),
        livemode: order.livemode,
    };
    change::write(tx, actor, now, what);
}
