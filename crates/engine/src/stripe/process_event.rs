//! What a vouched-for event does: one transaction from inbox to mail job, or stored alone for the worker.

use domain::ids::{JobId, StripeEventId, TenantId};
use domain::purchase::{BarePayment, Purchase};
use domain::stripe_event::{self, Decision, Ignored, StripeEvent};
use domain::stripe_payload::KeptPayload;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::Tx;
use store::arrivals::{self, Arriving, Known};
use store::jobs::{self, NewJob};
use store::stripe_apps::StripeApp;
use store::stripe_events::{self, Finish, NewStripeEvent, Receipt};

use crate::Engine;
use crate::actor::{Actor, Who};
use crate::error::{Error, Result};
use crate::jobs::PROCESS_EVENT;
use crate::orders::facts;
use crate::orders::fulfil::{self, Arrival, Fulfilled, Payment};
use crate::orders::work::Work;
use crate::stripe::replay::Replay;

/// An event that a signature or Stripe itself vouches for.
pub(crate) struct Vouched<'a> {
    /// The app whose secret or key vouches.
    pub app: &'a StripeApp,
    /// The event, parsed.
    pub event: &'a StripeEvent,
    /// `signature` or `stripe`.
    pub source: &'static str,
    /// The payload as it came, but for client secrets.
    pub payload: KeptPayload<'a>,
    /// When it came.
    pub received_at: Timestamp,
    /// Who wants it processed again; the change log tells it together with what comes of it.
    pub replay: Option<Replay<'a>>,
}

impl Vouched<'_> {
    /// Test or live: as the event says, and else as the app is marked.
    pub(crate) fn livemode(&self) -> bool {
        self.event.livemode.unwrap_or(self.app.is_live)
    }
}

/// Tries a transaction again that met another one about the same payment, or drew a key that exists.
const MEETINGS: usize = 8;

/// Makes the event durable and, if nothing of ours fails, everything that follows from it too.
/// Answers what came of it; an error means that nothing could be stored at all.
pub(crate) async fn execute(engine: &Engine, vouched: &Vouched<'_>) -> Result<String> {
    match attempt(engine, vouched).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            tracing::error!(
                stripe_event.id = vouched.event.id,
                error = ?error,
                "an event could not be processed at once; it is stored for the worker"
            );
            store_alone(engine, vouched, &error).await?;
            Ok("stored; it will be processed by the worker".into())
        }
    }
}

/// The whole way in one transaction. Another event of the same payment at the same instant makes one
/// of the two start over, and it then finds what the other has written.
pub(crate) async fn attempt(engine: &Engine, vouched: &Vouched<'_>) -> Result<String> {
    let told = Told::of(vouched.event);
    if let Some(outcome) = first_of_its_payment(engine, vouched, &told).await? {
        return Ok(outcome);
    }
    for _ in 1..MEETINGS {
        let mut work = Work::inside(engine);
        let known = find(&mut work, (vouched, &told)).await?;
        match one_transaction(engine, work, (vouched, &told), &known).await {
            Err(error) if error.is_overtaken() => {}
            other => return other,
        }
    }
    Err(Error::fault(
        "other events of this payment were met too often, or no new activation key could be drawn",
    ))
}

/// Most events are the first that is heard of their payment: there is nothing to lock, and all that is
/// needed is read before the transaction begins. None where more is known, or another was faster.
async fn first_of_its_payment(
    engine: &Engine,
    vouched: &Vouched<'_>,
    told: &Told,
) -> Result<Option<String>> {
    let mut work = Work::beside(engine).await?;
    let known = find(&mut work, (vouched, told)).await?;
    if known != Known::default() || told.names_order() {
        return Ok(None);
    }
    match one_transaction(engine, work, (vouched, told), &known).await {
        Ok(outcome) => Ok(Some(outcome)),
        Err(error) if error.is_overtaken() => Ok(None),
        Err(error) => Err(error),
    }
}

async fn find(work: &mut Work, (vouched, told): (&Vouched<'_>, &Told)) -> Result<Known> {
    let arriving = told.arriving(vouched.event);
    Ok(arrivals::find(work.known(), vouched.app.tenant_id, arriving).await?)
}

async fn one_transaction(
    engine: &Engine,
    mut work: Work,
    (vouched, told): (&Vouched<'_>, &Told),
    known: &Known,
) -> Result<String> {
    let tenant = vouched.app.tenant_id;
    let mut receipt = None;
    if known.processing.is_some() {
        let again = receive(engine, &mut work.tx, vouched).await?;
        if is_final(&again.processing) {
            note_replay(engine, &mut work.tx, (vouched, again.id)).await?;
            work.tx.commit().await?;
            return Ok(format!("received before ({})", again.processing));
        }
        receipt = Some(again);
    }
    let done = judge(engine, &mut work, (vouched, told), known).await?;
    let end = Finish {
        processing: done.processing,
        order_id: done.order_id,
        outcome: &done.outcome,
        now: engine.now().millis(),
    };
    let tx = work.write();
    let id = if let Some(receipt) = receipt {
        stripe_events::finish(tx, tenant, receipt.id, &end);
        receipt.id
    } else {
        let event = new_event(engine, vouched);
        stripe_events::insert_final(tx, &event, &end);
        event.id
    };
    note_replay(engine, tx, (vouched, id)).await?;
    work.tx.commit().await?;
    if done.has_jobs && (engine.has_mailer() || engine.own_mailers().has(tenant)) {
        engine.wake_worker();
    }
    Ok(done.outcome)
}

/// What an event tells of a payment.
enum Told {
    Purchase(Box<Purchase>, Payment),
    Bare(BarePayment),
    Nothing(Ignored),
}

impl Told {
    fn of(event: &StripeEvent) -> Self {
        match stripe_event::judge(event) {
            Decision::Issue(purchase) => Self::Purchase(Box::new(purchase), Payment::Paid),
            Decision::Wait(purchase) => Self::Purchase(Box::new(purchase), Payment::Unpaid),
            Decision::Fail(purchase) => Self::Purchase(Box::new(purchase), Payment::Failed),
            Decision::Ignore(why) => match stripe_event::bare_payment(event) {
                Some(payment) => Self::Bare(payment),
                None => Self::Nothing(why),
            },
        }
    }

    /// True where it names one of our orders, which may be known by nothing else.
    fn names_order(&self) -> bool {
        matches!(self, Self::Purchase(purchase, _) if purchase.order_id.is_some())
    }

    fn arriving<'a>(&'a self, event: &'a StripeEvent) -> Arriving<'a> {
        let (payment_intent, session) = match self {
            Self::Purchase(purchase, _) => (
                purchase.payment_intent_id.as_deref(),
                purchase.session_id.as_deref(),
            ),
            Self::Bare(payment) => (Some(payment.payment_intent_id.as_str()), None),
            Self::Nothing(_) => (None, None),
        };
        Arriving {
            stripe_event_id: &event.id,
            payment_intent_id: payment_intent.unwrap_or_default(),
            session_id: session.unwrap_or_default(),
        }
    }
}

async fn note_replay(
    engine: &Engine,
    tx: &mut Tx,
    (vouched, id): (&Vouched<'_>, StripeEventId),
) -> Result<()> {
    match &vouched.replay {
        Some(replay) => replay.note(engine, tx, (id, vouched.livemode())).await,
        None => Ok(()),
    }
}

async fn receive(engine: &Engine, tx: &mut Tx, vouched: &Vouched<'_>) -> Result<Receipt> {
    Ok(stripe_events::receive(tx, &new_event(engine, vouched)).await?)
}

fn new_event<'a>(engine: &Engine, vouched: &'a Vouched<'_>) -> NewStripeEvent<'a> {
    NewStripeEvent {
        id: engine.new_id(),
        tenant_id: vouched.app.tenant_id,
        app_id: vouched.app.id,
        stripe_event_id: &vouched.event.id,
        event_type: &vouched.event.event_type,
        livemode: vouched.livemode(),
        object_id: vouched.event.object_id().unwrap_or_default(),
        api_version: vouched.event.api_version.as_deref().unwrap_or_default(),
        source: vouched.source,
        payload: vouched.payload.as_str(),
        received_at: vouched.received_at.millis(),
    }
}

fn is_final(processing: &str) -> bool {
    !matches!(processing, "pending" | "retrying" | "failed")
}

async fn judge(
    engine: &Engine,
    work: &mut Work,
    (vouched, told): (&Vouched<'_>, &Told),
    known: &Known,
) -> Result<Fulfilled> {
    let completed;
    let (purchase, payment) = match told {
        Told::Purchase(purchase, payment) => (&**purchase, *payment),
        Told::Nothing(why) => return Ok(Fulfilled::ignored(why.to_string())),
        Told::Bare(bare) => {
            completed = known_purchase(engine, work.write(), (vouched, bare), known).await?;
            match &completed {
                Some(purchase) => (purchase, Payment::Paid),
                None => return Ok(Fulfilled::ignored(Ignored::NoProduct.to_string())),
            }
        }
    };
    let actor = Actor::new(
        vouched.app.tenant_id,
        Who::Stripe {
            app: vouched.app.id,
            name: vouched.app.name.clone(),
        },
    );
    let arrival = Arrival {
        app: vouched.app,
        actor: &actor,
        purchase,
        payment,
        known,
        now: engine.now(),
    };
    fulfil::apply(engine, work, &arrival).await
}

/// A payment intent without metadata may belong to a session that had it: merchants who follow the
/// guide set it there alone. Then the session's event says what was bought; should that come later,
/// it finds an order that is paid already.
async fn known_purchase(
    engine: &Engine,
    tx: &mut Tx,
    (vouched, payment): (&Vouched<'_>, &BarePayment),
    known: &Known,
) -> Result<Option<Purchase>> {
    let tenant = vouched.app.tenant_id;
    let Some(order) = known.by_payment_intent else {
        facts::remember_payment(engine, tx, vouched, payment);
        return Ok(None);
    };
    let told = stripe_events::first_payload_of_order(tx, tenant, order).await?;
    let told = told.and_then(|payload| StripeEvent::parse(payload.as_bytes()).ok());
    let told = told.filter(|told| told.livemode == Some(payment.livemode));
    Ok(match told.map(|told| stripe_event::judge(&told)) {
        Some(Decision::Issue(told) | Decision::Wait(told) | Decision::Fail(told)) => {
            Some(payment.clone().complete(told))
        }
        Some(Decision::Ignore(_)) | None => None,
    })
}

/// The event alone, and a job that will take it up. Its only duty is not to lose it.
async fn store_alone(engine: &Engine, vouched: &Vouched<'_>, error: &Error) -> Result<()> {
    let mut tx = engine.begin();
    let receipt = receive(engine, &mut tx, vouched).await?;
    if !is_final(&receipt.processing) {
        let tenant = vouched.app.tenant_id;
        let state = ("pending", "verified", &*describe(error));
        stripe_events::fail(&mut tx, tenant, receipt.id, state).await?;
        enqueue(engine, &mut tx, tenant, receipt.id).await?;
    }
    note_replay(engine, &mut tx, (vouched, receipt.id)).await?;
    tx.commit().await?;
    engine.wake_worker();
    Ok(())
}

/// Queues the worker's turn at a stored event.
pub(crate) async fn enqueue(
    engine: &Engine,
    tx: &mut Tx,
    tenant: TenantId,
    event: StripeEventId,
) -> Result<()> {
    let now = engine.now().millis();
    let job = NewJob {
        id: engine.new_id::<JobId>(),
        tenant_id: tenant,
        kind: PROCESS_EVENT,
        unique_key: &format!("{PROCESS_EVENT}:{event}"),
        payload: &json!({ "eventId": event }).to_string(),
        run_at: now,
        now,
    };
    if !jobs::insert(tx, &job).await? {
        // Given up before: it gets its turns anew.
        jobs::requeue(tx, tenant, job.unique_key, now).await?;
    }
    Ok(())
}

/// What people read of a fault: what was being done, never the rows.
pub(crate) fn describe(error: &Error) -> String {
    match error {
        Error::Fault { context, .. } => format!("a fault of ours: {context}"),
        other => other.to_string(),
    }
}
