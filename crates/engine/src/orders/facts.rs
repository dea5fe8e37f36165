//! Which order a payment belongs to: Stripe's objects are its facts, and an order has them for itself.

use domain::purchase::Purchase;
use store::Tx;
use store::orders::{self, Order};

use crate::Engine;
use crate::error::{Error, Result};
use crate::orders::fulfil::Arrival;

/// Code of the conflict that says: another transaction is writing the same payment, start over.
pub(crate) const MET: &str = "met_another_event";

pub(crate) const PAYMENT_INTENT: &str = "payment_intent";
const SESSION: &str = "session";

/// The order that this payment belongs to, locked; a new one where no fact of it is known yet.
pub(crate) async fn find_or_open(
    engine: &Engine,
    tx: &mut Tx,
    arrival: &Arrival<'_>,
) -> Result<Order> {
    let tenant = arrival.app.tenant_id;
    let now = arrival.now.millis();
    let facts = facts(arrival.purchase);
    let mut found = None;
    for fact in &facts {
        if found.is_none() {
            found = orders::find_by_fact(tx, tenant, *fact).await?;
        }
    }
    // Our own id in the metadata is a hint: it counts only where that order is this tenant's, and
    // not another payment's already.
    for id in found.into_iter().chain(arrival.purchase.order_id) {
        let Some(order) = orders::lock(tx, tenant, id, now).await? else {
            continue;
        };
        let may_be_it = found == Some(id) || !is_known_otherwise(tx, &order, &facts).await?;
        if may_be_it && order.livemode == arrival.purchase.livemode {
            add_facts(tx, &order, &facts, now).await?;
            return Ok(order);
        }
    }
    let order = new_order(engine, arrival);
    orders::insert(tx, &order).await?;
    for fact in facts {
        if !orders::insert_fact(tx, tenant, fact, (order.id, now)).await? {
            return Err(Error::Conflict {
                code: MET,
                message: "another event of this payment is being processed".into(),
            });
        }
    }
    Ok(order)
}

/// What a payment is known by, the strongest first.
pub(crate) fn facts(purchase: &Purchase) -> Vec<(&'static str, &str)> {
    let intent = purchase
        .payment_intent_id
        .as_deref()
        .map(|id| (PAYMENT_INTENT, id));
    let session = purchase.session_id.as_deref().map(|id| (SESSION, id));
    intent.into_iter().chain(session).collect()
}

/// True where the order is known by another object of the same kind than one of these.
async fn is_known_otherwise(
    tx: &mut Tx,
    order: &Order,
    facts: &[(&'static str, &str)],
) -> Result<bool> {
    let known = orders::facts(tx, order.tenant_id, order.id).await?;
    let differs = |known: &orders::OrderFact| {
        let mut same_kind = facts.iter().filter(|(kind, _)| *kind == known.kind);
        same_kind.any(|(_, id)| *id != known.stripe_id)
    };
    Ok(known.iter().any(differs))
}

/// A session that was known before its payment intent may have an order of its own, still open: it is
/// the same purchase, so that order is closed and points here.
async fn add_facts(
    tx: &mut Tx,
    order: &Order,
    facts: &[(&'static str, &str)],
    now: i64,
) -> Result<()> {
    for fact in facts {
        if orders::insert_fact(tx, order.tenant_id, *fact, (order.id, now)).await? {
            continue;
        }
        let other = orders::find_by_fact(tx, order.tenant_id, *fact).await?;
        let Some(other) = other.filter(|id| *id != order.id) else {
            continue;
        };
        if let Some(mut other) = orders::lock(tx, order.tenant_id, other, now).await?
            && other.issued_at.is_none()
        {
            other.state = "dismissed".into();
            other.review_reason = Some(format!("The same payment as order {}.", order.id));
            orders::update(tx, &other).await?;
        }
    }
    Ok(())
}

fn new_order(engine: &Engine, arrival: &Arrival<'_>) -> Order {
    let now = arrival.now.millis();
    Order {
        id: engine.new_id(),
        tenant_id: arrival.app.tenant_id,
        app_id: Some(arrival.app.id.get()),
        livemode: arrival.purchase.livemode,
        state: "open".into(),
        named_product: arrival.purchase.named_product.clone(),
        product_id: None,
        plan_id: None,
        plan_days: None,
        quantity: 0,
        email: String::new(),
        email_key: String::new(),
        amount_minor: None,
        currency: String::new(),
        quote_minor: None,
        quote_currency: String::new(),
        review_reason: None,
        paid_at: None,
        issued_at: None,
        created_at: now,
        updated_at: now,
    }
}
