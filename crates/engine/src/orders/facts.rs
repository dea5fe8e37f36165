//! Which order a payment belongs to: Stripe's objects are its facts, and an order has them for itself.

use domain::folding::email_key;
use domain::ids::OrderId;
use domain::purchase::{BarePayment, Purchase};
use store::orders::{self, Order};
use store::stripe_apps::StripeApp;
use store::{StoreError, Tx};

use crate::Engine;
use crate::error::Result;
use crate::orders::fulfil::Arrival;
use crate::stripe::process_event::Vouched;

const PAYMENT_INTENT: &str = "payment_intent";
pub(crate) const SESSION: &str = "session";

/// An order, and what has to be written with it.
pub(crate) enum Opened<'a> {
    /// It was there, and is locked.
    Known(Order),
    /// It is to be written, together with what it is known by.
    New(Order, Vec<(&'static str, &'a str)>),
}

/// The order that this payment belongs to; a new one where no fact of it is known yet.
pub(crate) async fn find_or_open<'a>(
    engine: &Engine,
    tx: &mut Tx,
    arrival: &Arrival<'a>,
) -> Result<Opened<'a>> {
    let tenant = arrival.app.tenant_id;
    let now = arrival.now.millis();
    let mut facts = facts(arrival.purchase);
    let found = arrival.known.by_payment_intent.or(arrival.known.by_session);
    // An order that is another payment's already is not this one's: neither where a session was told
    // under two payment intents, nor where our own id in the metadata (a hint, and only within this
    // tenant) was copied elsewhere.
    let mut is_taken = false;
    for id in found.into_iter().chain(arrival.purchase.order_id) {
        let Some(order) = orders::lock(tx, tenant, id, now).await? else {
            continue;
        };
        // By a fact it is found rightly unless its payment intent is another; by a hint, unless
        // anything is.
        let is_found = found == Some(id);
        let compared = if is_found { 1 } else { facts.len() };
        let compared = facts.get(..compared).unwrap_or_default();
        if is_known_otherwise(tx, &order, compared).await? {
            is_taken |= found == Some(id);
        } else if order.livemode == arrival.purchase.livemode {
            add_facts(tx, &order, &facts, arrival).await?;
            return Ok(Opened::Known(order));
        }
    }
    // A session that is another payment's already stays with that one.
    facts.retain(|(kind, _)| !is_taken || *kind != SESSION);
    Ok(Opened::New(new_order(engine, arrival), facts))
}

/// Keeps a payment whose purchase nobody has told of yet, so that the session's event, which may come
/// later or at this very instant, finds it.
pub(crate) fn remember_payment(
    engine: &Engine,
    tx: &mut Tx,
    vouched: &Vouched<'_>,
    payment: &BarePayment,
) {
    let order = paid_order(engine, vouched, payment);
    orders::insert(tx, &order);
    let fact = (PAYMENT_INTENT, payment.payment_intent_id.as_str());
    orders::claim_fact(tx, order.tenant_id, fact, (order.id, order.created_at));
}

/// An order that is paid, and of which nothing else is known.
fn paid_order(engine: &Engine, vouched: &Vouched<'_>, payment: &BarePayment) -> Order {
    let now = engine.now().millis();
    let email = payment.email.clone().unwrap_or_default();
    Order {
        livemode: payment.livemode,
        email_key: email_key(&email),
        email,
        paid_at: Some(now),
        ..blank(engine.new_id(), vouched.app, now)
    }
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
/// the same purchase, so that order is closed and points here. A payment intent that another order got
/// since this event was looked up is that order's: begun anew, the event finds it there, and perhaps issued.
async fn add_facts(
    tx: &mut Tx,
    order: &Order,
    facts: &[(&'static str, &str)],
    arrival: &Arrival<'_>,
) -> Result<()> {
    let now = arrival.now.millis();
    for fact in facts {
        if orders::insert_fact(tx, order.tenant_id, *fact, (order.id, now)).await? {
            continue;
        }
        let other = orders::find_by_fact(tx, order.tenant_id, *fact).await?;
        let Some(other) = other.filter(|id| *id != order.id) else {
            continue;
        };
        if fact.0 == PAYMENT_INTENT && arrival.known.by_payment_intent.is_none() {
            return Err(StoreError::Overtaken.into());
        }
        if let Some(mut other) = orders::lock(tx, order.tenant_id, other, now).await?
            && other.issued_at.is_none()
        {
            other.state = "dismissed".into();
            other.review_reason = Some(format!("The same payment as order {}.", order.id));
            orders::update(tx, &other);
        }
    }
    Ok(())
}

fn new_order(engine: &Engine, arrival: &Arrival<'_>) -> Order {
    Order {
        livemode: arrival.purchase.livemode,
        named_product: arrival.purchase.named_product.clone(),
        ..blank(engine.new_id(), arrival.app, arrival.now.millis())
    }
}

fn blank(id: OrderId, app: &StripeApp, now: i64) -> Order {
    Order {
        id,
        tenant_id: app.tenant_id,
        app_id: Some(app.id.get()),
        livemode: app.is_live,
        state: "open".into(),
        named_product: String::new(),
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
