//! Fulfilment: whichever event of a payment comes first issues; later ones fill in what is missing.
//!
//! Invariant: an order is locked before it is judged, and `issued_at` is written in the transaction
//! that writes the licences. So no order ever issues twice, however many events, apps and nodes.

use domain::folding::email_key;
use domain::fulfilment::{self, Bought, Issuance, Known, ReviewReason};
use domain::ids::{OrderId, PaymentId};
use domain::purchase::Purchase;
use domain::timestamp::Timestamp;
use store::Tx;
use store::orders::{self, Order};
use store::payments::{self, Payment as PaymentRow};
use store::stripe_apps::StripeApp;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::orders::{issue, purchase_mail};

/// Code of the conflict that says: another transaction is writing the same payment, start over.
pub(crate) const MET: &str = "met_another_event";

pub(crate) const PAYMENT_INTENT: &str = "payment_intent";
const SESSION: &str = "session";

/// What an event says about the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payment {
    Paid,
    Unpaid,
    Failed,
}

/// A purchase as one event tells it.
pub(crate) struct Arrival<'a> {
    pub app: &'a StripeApp,
    pub actor: &'a Actor,
    pub purchase: &'a Purchase,
    pub payment: Payment,
    pub now: Timestamp,
}

/// What came of an event.
pub(crate) struct Fulfilled {
    /// Word of the processing state.
    pub processing: &'static str,
    /// The order that it concerns.
    pub order_id: Option<OrderId>,
    /// One sentence.
    pub outcome: String,
    /// True where a job waits for the worker.
    pub has_jobs: bool,
}

impl Fulfilled {
    pub(crate) fn ignored(why: String) -> Self {
        Self {
            processing: "ignored",
            order_id: None,
            outcome: why,
            has_jobs: false,
        }
    }

    fn of(order: &Order, processing: &'static str, outcome: impl Into<String>) -> Self {
        Self {
            processing,
            order_id: Some(order.id),
            outcome: outcome.into(),
            has_jobs: false,
        }
    }
}

/// Applies what an event tells to its order, within the event's transaction.
pub(crate) async fn apply(
    engine: &Engine,
    tx: &mut Tx,
    arrival: &Arrival<'_>,
) -> Result<Fulfilled> {
    let mut order = find_or_open(engine, tx, arrival).await?;
    let was_without_email = order.email.is_empty();
    merge(&mut order, arrival);
    let mut done = match arrival.payment {
        Payment::Unpaid => wait(&mut order),
        Payment::Failed => fail(engine, tx, arrival, &mut order).await?,
        Payment::Paid => {
            record_payment(engine, tx, arrival, &order).await?;
            order.paid_at.get_or_insert(arrival.now.millis());
            pay(engine, tx, arrival, &mut order).await?
        }
    };
    if order.issued_at.is_some() && was_without_email && !order.email.is_empty() {
        issue::give_holder(tx, &order, arrival.now).await?;
    }
    if order.issued_at.is_some() && purchase_mail::queue_once(engine, tx, &order).await? {
        done.has_jobs = true;
        done.outcome.push_str(", mail queued");
    }
    order.updated_at = arrival.now.millis();
    orders::update(tx, &order).await?;
    Ok(done)
}

/// The order that this payment belongs to, locked; a new one where no fact of it is known yet.
async fn find_or_open(engine: &Engine, tx: &mut Tx, arrival: &Arrival<'_>) -> Result<Order> {
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
fn facts(purchase: &Purchase) -> Vec<(&'static str, &str)> {
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

/// Fills in what the order did not know; what is known stays.
fn merge(order: &mut Order, arrival: &Arrival<'_>) {
    let purchase = arrival.purchase;
    if order.email.is_empty()
        && let Some(email) = &purchase.email
    {
        order.email.clone_from(email);
        order.email_key = email_key(email);
    }
    if order.amount_minor.is_none() {
        order.amount_minor = purchase.amount_minor;
    }
    if order.currency.is_empty()
        && let Some(currency) = &purchase.currency
    {
        order.currency.clone_from(currency);
    }
}

fn wait(order: &mut Order) -> Fulfilled {
    if order.issued_at.is_some() {
        return Fulfilled::of(order, "fulfilled", "same payment, nothing to do");
    }
    if order.state == "failed" {
        return Fulfilled::of(order, "ignored", "the payment failed; no keys");
    }
    if order.state == "open" {
        order.state = "waiting".into();
    }
    Fulfilled::of(order, "waiting", "waiting for the payment to arrive")
}

async fn fail(
    engine: &Engine,
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    order: &mut Order,
) -> Result<Fulfilled> {
    if order.paid_at.is_some() {
        return Ok(Fulfilled::of(
            order,
            "ignored",
            "the payment has arrived otherwise",
        ));
    }
    order.state = "failed".into();
    follow(
        tx,
        order,
        ("ignored", "the payment failed; no keys"),
        arrival.now,
    )
    .await?;
    let mut done = Fulfilled::of(
        order,
        "fulfilled",
        "the payment failed; no keys were issued",
    );
    if purchase_mail::queue_payment_failed(engine, tx, order).await? {
        done.has_jobs = true;
        done.outcome.push_str(", the buyer is told by mail");
    }
    Ok(done)
}

async fn record_payment(
    engine: &Engine,
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    order: &Order,
) -> Result<()> {
    let purchase = arrival.purchase;
    // A payment is known by its intent; a session of which nothing was charged stands for itself.
    let Some((kind, stripe_id)) = facts(purchase).into_iter().next() else {
        return Ok(());
    };
    let row = PaymentRow {
        id: engine.new_id::<PaymentId>(),
        order_id: order.id,
        kind: kind.into(),
        stripe_id: stripe_id.into(),
        livemode: order.livemode,
        amount_minor: purchase.amount_minor.unwrap_or_default(),
        currency: purchase.currency.clone().unwrap_or_default(),
        paid_at: arrival.now.millis(),
    };
    payments::record(tx, order.tenant_id, &row).await?;
    Ok(())
}

async fn pay(
    engine: &Engine,
    tx: &mut Tx,
    arrival: &Arrival<'_>,
    order: &mut Order,
) -> Result<Fulfilled> {
    if order.issued_at.is_some() {
        return Ok(Fulfilled::of(
            order,
            "fulfilled",
            "same payment, nothing to do",
        ));
    }
    match order.state.as_str() {
        "review" => return Ok(Fulfilled::of(order, "review", review_text(order))),
        "dismissed" => return Ok(Fulfilled::of(order, "ignored", "its order was dismissed")),
        _ => {}
    }
    let product = issue::find_product(tx, order, arrival.purchase).await?;
    let plan = issue::find_plan(tx, order, arrival.purchase).await?;
    match judge(order, arrival, product.as_ref(), plan.as_ref()) {
        Ok(issuance) => {
            let Some(product) = product else {
                return Err(Error::fault("an issuance without a product"));
            };
            order.plan_id = plan.map(|plan| plan.id.get());
            order.product_id = Some(product.id.get());
            order.quantity = i32::from(*arrival.purchase.quantity.as_ref().unwrap_or(&1));
            let count =
                issue::licenses(engine, tx, (order, arrival.actor), (&product, &issuance)).await?;
            order.state = "issued".into();
            order.issued_at = Some(arrival.now.millis());
            let outcome = keys_issued(count);
            follow(tx, order, ("fulfilled", &outcome), arrival.now).await?;
            Ok(Fulfilled::of(order, "fulfilled", outcome))
        }
        Err(reason) => {
            order.state = "review".into();
            order.review_reason = Some(reason.to_string());
            Ok(Fulfilled::of(order, "review", review_text(order)))
        }
    }
}

fn judge(
    order: &Order,
    arrival: &Arrival<'_>,
    product: Option<&issue::Product>,
    plan: Option<&issue::Plan>,
) -> Result<Issuance, ReviewReason> {
    let purchase = arrival.purchase;
    let bought = Bought {
        product_id: purchase.product_id.clone(),
        quantity: purchase.quantity.clone(),
        plan_id: purchase.plan_id.clone(),
        plan_days: purchase.plan_days.clone(),
        amount_minor: order.amount_minor,
        currency: Some(order.currency.clone()).filter(|currency| !currency.is_empty()),
    };
    let product = product.map(issue::product_terms);
    let plan = plan.map(issue::plan_terms);
    let quote = issue::quote(order);
    let known = Known {
        product: product.as_ref(),
        plan: plan.as_ref(),
        quote: quote.as_ref(),
    };
    fulfilment::decide(&bought, known, arrival.now)
}

async fn follow(
    tx: &mut Tx,
    order: &Order,
    (processing, outcome): (&str, &str),
    now: Timestamp,
) -> Result<()> {
    let end = store::stripe_events::Finish {
        processing,
        order_id: Some(order.id),
        outcome,
        now: now.millis(),
    };
    Ok(store::stripe_events::follow_order(tx, order.tenant_id, order.id, &end).await?)
}

pub(crate) fn keys_issued(count: usize) -> String {
    match count {
        1 => "1 key issued".into(),
        n => format!("{n} keys issued"),
    }
}

fn review_text(order: &Order) -> String {
    let reason = order
        .review_reason
        .as_deref()
        .unwrap_or("a person must look at it");
    format!("needs review: {reason}")
}
