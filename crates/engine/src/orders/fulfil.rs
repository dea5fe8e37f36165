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
use crate::orders::facts::{facts, find_or_open};
use crate::orders::{issue, purchase_mail};

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
        Payment::Unpaid if order.paid_at.is_none() => wait(&mut order),
        Payment::Failed => fail(engine, tx, arrival, &mut order).await?,
        // An unpaid session may come after the payment that it waits for.
        Payment::Paid | Payment::Unpaid => {
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

/// Fills in what the order did not know; what is known stays.
fn merge(order: &mut Order, arrival: &Arrival<'_>) {
    let purchase = arrival.purchase;
    if order.email.is_empty()
        && let Some(email) = &purchase.email
    {
        order.email.clone_from(email);
        order.email_key = email_key(email);
    }
    if order.named_product.is_empty() {
        order.named_product.clone_from(&purchase.named_product);
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
            // What a person issues after review lasts as long as what was bought.
            order.plan_id = plan.map(|plan| plan.id.get());
            order.plan_days = arrival.purchase.plan_days.clone().unwrap_or_default();
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
