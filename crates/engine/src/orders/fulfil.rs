//! Fulfilment: whichever event of a payment comes first issues; later ones fill in what is missing.
//!
//! Invariant: an order is locked before it is judged, and `issued_at` is written in the transaction
//! that writes the licences. So no order ever issues twice, however many events, apps and nodes.

use domain::folding::email_key;
use domain::fulfilment::{self, Bought, Issuance, ReviewReason};
use domain::ids::{OrderId, PaymentId};
use domain::purchase::Purchase;
use domain::timestamp::Timestamp;
use store::arrivals::Known;
use store::licenses::License;
use store::orders::{self, Order};
use store::payments::{self, Payment as PaymentRow};
use store::products::Product;
use store::stripe_apps::StripeApp;
use store::{Conn, Tx};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::orders::facts::{Opened, facts, find_or_open};
use crate::orders::issue;
use crate::orders::purchase_mail::{self, PAYMENT_FAILED, PURCHASE};
use crate::orders::work::Work;

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
    /// What was known of it before.
    pub known: &'a Known,
    pub now: Timestamp,
}

/// What one event makes of its order, before anything is written.
struct Step {
    done: Fulfilled,
    /// Licences to write, and their product.
    issued: Option<(Product, Vec<License>)>,
    /// What the events that waited for the order are told: processing and outcome.
    told: Option<(&'static str, String)>,
}

impl Step {
    fn of(order: &Order, processing: &'static str, outcome: impl Into<String>) -> Self {
        let done = Fulfilled {
            processing,
            order_id: Some(order.id),
            outcome: outcome.into(),
            has_jobs: false,
        };
        Self {
            done,
            issued: None,
            told: None,
        }
    }
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
}

/// Applies what an event tells to its order, within the event's transaction.
pub(crate) async fn apply(
    engine: &Engine,
    work: &mut Work,
    arrival: &Arrival<'_>,
) -> Result<Fulfilled> {
    let (mut order, new_facts) = match find_or_open(engine, &mut work.tx, arrival).await? {
        Opened::Known(order) => (order, None),
        Opened::New(order, facts) => (order, Some(facts)),
    };
    let holder_is_missing = order.issued_at.is_some() && order.email.is_empty();
    merge(&mut order, arrival);
    let mut step = match arrival.payment {
        Payment::Unpaid if order.paid_at.is_none() => wait(&mut order),
        Payment::Failed => fail(&mut order),
        // An unpaid session may come after the payment that it waits for.
        Payment::Paid | Payment::Unpaid => {
            order.paid_at.get_or_insert(arrival.now.millis());
            pay(engine, work.known(), arrival, &mut order).await?
        }
    };
    let tx = work.write();
    order.updated_at = arrival.now.millis();
    let is_new = new_facts.is_some();
    write_order(tx, &order, new_facts);
    if order.paid_at.is_some() && arrival.payment != Payment::Failed {
        record_payment(engine, tx, arrival, &order);
    }
    if let Some((_, drawn)) = &step.issued {
        issue::write(engine, tx, arrival.actor, drawn);
    }
    if let Some((processing, outcome)) = &step.told
        && !is_new
    {
        follow(tx, &order, (processing, outcome), arrival.now);
    }
    if holder_is_missing && !order.email.is_empty() {
        issue::give_holder(tx, &order, arrival.now);
    }
    queue_mail(engine, tx, (&order, is_new), &mut step).await?;
    Ok(step.done)
}

fn write_order(tx: &mut Tx, order: &Order, new_facts: Option<Vec<(&'static str, &str)>>) {
    let Some(facts) = new_facts else {
        orders::update(tx, order);
        return;
    };
    orders::insert(tx, order);
    for fact in facts {
        orders::claim_fact(tx, order.tenant_id, fact, (order.id, order.created_at));
    }
}

/// The mail that the order is due: with its keys, or that the payment failed.
async fn queue_mail(
    engine: &Engine,
    tx: &mut Tx,
    (order, is_new): (&Order, bool),
    step: &mut Step,
) -> Result<()> {
    let (kind, words) = if order.issued_at.is_some() {
        (PURCHASE, ", mail queued")
    } else if order.state == "failed" {
        (PAYMENT_FAILED, ", the buyer is told by mail")
    } else {
        return Ok(());
    };
    let product = step.issued.as_ref().map(|(product, _)| product);
    let is_queued = if is_new && product.is_some() {
        purchase_mail::queue_first(engine, tx, (order, product), kind)
    } else {
        purchase_mail::queue(engine, tx, order, kind).await?
    };
    if is_queued {
        step.done.has_jobs = true;
        step.done.outcome.push_str(words);
    }
    Ok(())
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

fn wait(order: &mut Order) -> Step {
    if order.issued_at.is_some() {
        return Step::of(order, "fulfilled", "same payment, nothing to do");
    }
    if order.state == "failed" {
        return Step::of(order, "ignored", "the payment failed; no keys");
    }
    if order.state == "open" {
        order.state = "waiting".into();
    }
    Step::of(order, "waiting", "waiting for the payment to arrive")
}

fn fail(order: &mut Order) -> Step {
    if order.paid_at.is_some() {
        return Step::of(order, "ignored", "the payment has arrived otherwise");
    }
    order.state = "failed".into();
    Step {
        told: Some(("ignored", "the payment failed; no keys".into())),
        ..Step::of(
            order,
            "fulfilled",
            "the payment failed; no keys were issued",
        )
    }
}

fn record_payment(engine: &Engine, tx: &mut Tx, arrival: &Arrival<'_>, order: &Order) {
    let purchase = arrival.purchase;
    // A payment is known by its intent; a session of which nothing was charged stands for itself.
    let Some((kind, stripe_id)) = facts(purchase).into_iter().next() else {
        return;
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
    payments::record(tx, order.tenant_id, &row);
}

async fn pay(
    engine: &Engine,
    conn: &mut Conn,
    arrival: &Arrival<'_>,
    order: &mut Order,
) -> Result<Step> {
    if order.issued_at.is_some() {
        return Ok(Step::of(order, "fulfilled", "same payment, nothing to do"));
    }
    match order.state.as_str() {
        "review" => return Ok(Step::of(order, "review", review_text(order))),
        "dismissed" => return Ok(Step::of(order, "ignored", "its order was dismissed")),
        _ => {}
    }
    let product = issue::find_product(conn, order, arrival.purchase).await?;
    let plan = issue::find_plan(conn, order, arrival.purchase).await?;
    let judged = judge(order, arrival, product.as_ref(), plan.as_ref());
    order.plan_id = plan.map(|plan| plan.id.get());
    match (judged, product) {
        (Ok(issuance), Some(product)) => {
            order.product_id = Some(product.id.get());
            order.quantity = i32::from(*arrival.purchase.quantity.as_ref().unwrap_or(&1));
            let drawn = issue::draw(engine, conn, order, (&product, &issuance)).await?;
            order.state = "issued".into();
            order.issued_at = Some(arrival.now.millis());
            let outcome = keys_issued(drawn.len());
            Ok(Step {
                issued: Some((product, drawn)),
                told: Some(("fulfilled", outcome.clone())),
                ..Step::of(order, "fulfilled", outcome)
            })
        }
        (Ok(_), None) => Err(Error::fault("an issuance without a product")),
        (Err(reason), _) => {
            // What a person issues after review is as much, and lasts as long, as what was bought.
            if let (0, Ok(quantity)) = (order.quantity, &arrival.purchase.quantity) {
                order.quantity = i32::from(*quantity);
            }
            order.plan_days = arrival.purchase.plan_days.clone().unwrap_or_default();
            order.state = "review".into();
            order.review_reason = Some(reason.to_string());
            Ok(Step::of(order, "review", review_text(order)))
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
    let known = fulfilment::Known {
        product: product.as_ref(),
        plan: plan.as_ref(),
        quote: quote.as_ref(),
    };
    fulfilment::decide(&bought, known, arrival.now)
}

fn follow(tx: &mut Tx, order: &Order, (processing, outcome): (&str, &str), now: Timestamp) {
    let end = store::stripe_events::Finish {
        processing,
        order_id: Some(order.id),
        outcome,
        now: now.millis(),
    };
    store::stripe_events::follow_order(tx, order.tenant_id, order.id, &end);
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
