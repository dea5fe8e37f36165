//! One order whole: what was bought, what Stripe told of it, and what came of it.

use domain::ids::{OrderId, PlanId, ProductId, StripeAppId, StripeEventId};
use domain::money::{Currency, Money};
use domain::order::OrderState;
use domain::timestamp::Timestamp;
use store::orders::{self, Order};
use store::payments::Payment;
use store::stripe_events::OrderEvent;
use store::{Conn, licenses, payments, plans, products, stripe_apps, stripe_events};

use crate::Engine;
use crate::actor::Actor;
use crate::audit::{ChangeView, of_subject};
use crate::error::{Error, Result};
use crate::licenses::view::{self, LicenseView};
use crate::mails::{self, MailView};

/// Events of one order that are shown; an order has two or three.
const EVENTS_MAX: i64 = 100;

/// Everything that is known of an order. It holds keys in clear: there is no `Debug`.
pub struct OrderDetail {
    /// The order.
    pub order: OrderView,
    /// What it is known by at Stripe: `payment_intent` or `session`, and Stripe's id.
    pub facts: Vec<(String, String)>,
    /// What was paid, oldest first.
    pub payments: Vec<PaymentView>,
    /// Its licences in their places.
    pub licenses: Vec<LicenseView>,
    /// Its mails, oldest first.
    pub mails: Vec<MailView>,
    /// The events that told of it, the first come first.
    pub events: Vec<EventView>,
    /// What people and programs did with it, newest first.
    pub history: Vec<ChangeView>,
}

/// An order.
#[derive(Debug, Clone)]
pub struct OrderView {
    /// Id.
    pub id: OrderId,
    /// Test or live.
    pub livemode: bool,
    /// Where it stands.
    pub state: OrderState,
    /// The product as the payment names it, or empty.
    pub named_product: String,
    /// The product, once known to be the tenant's, and its name today.
    pub product: Option<(ProductId, String)>,
    /// The plan, once known to be the tenant's, and its name today.
    pub plan: Option<(PlanId, String)>,
    /// The app that it came by, and its name.
    pub app: Option<(StripeAppId, String)>,
    /// How many were bought; `None` while nobody knows.
    pub quantity: Option<i32>,
    /// The buyer's address as typed, or empty while unknown.
    pub email: String,
    /// What Stripe says was paid.
    pub amount: Option<Money>,
    /// What we asked for, where we made the checkout session.
    pub quote: Option<Money>,
    /// Why a person must look, or had to look, at it.
    pub review_reason: Option<String>,
    /// When the money came.
    pub paid_at: Option<Timestamp>,
    /// When its keys were made.
    pub issued_at: Option<Timestamp>,
    /// When it was first heard of.
    pub created_at: Timestamp,
}

impl OrderView {
    /// True where nobody could be told so far, and somebody can say who is to be told.
    pub const fn can_be_given_address(&self) -> bool {
        self.email.is_empty() && matches!(self.state, OrderState::Issued | OrderState::Review)
    }
}

/// Money that came.
#[derive(Debug, Clone)]
pub struct PaymentView {
    /// Stripe's id of the payment intent, session or invoice.
    pub stripe_id: String,
    /// How much; `None` in a currency that is not known here.
    pub amount: Option<Money>,
    /// When.
    pub paid_at: Timestamp,
}

/// An event that told of the order.
#[derive(Debug, Clone)]
pub struct EventView {
    /// Id.
    pub id: StripeEventId,
    /// Stripe's type.
    pub event_type: String,
    /// Word of the processing state.
    pub processing: String,
    /// What came of it, one sentence.
    pub outcome: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// One order of the tenant.
pub async fn execute(engine: &Engine, actor: &Actor, id: OrderId) -> Result<OrderDetail> {
    actor.may_read()?;
    let tenant = actor.tenant();
    let mut conn = engine.read().await?;
    let order = orders::find(&mut conn, tenant, id)
        .await?
        .ok_or(Error::NotFound("order"))?;
    let licenses = licenses::list_by_order(&mut conn, tenant, id).await?;
    let facts = orders::facts(&mut conn, tenant, id).await?;
    let payments = payments::list_by_order(&mut conn, tenant, id).await?;
    let events = stripe_events::list_by_order(&mut conn, tenant, id, EVENTS_MAX).await?;
    Ok(OrderDetail {
        licenses: view::open(engine, &mut conn, tenant, &licenses).await?,
        mails: mails::list::of_order(&mut conn, tenant, id).await?,
        history: of_subject(&mut conn, actor, ("order", &id.to_string())).await?,
        order: seen(&mut conn, actor, order).await?,
        facts: facts.into_iter().map(|f| (f.kind, f.stripe_id)).collect(),
        payments: payments.into_iter().map(payment).collect(),
        events: events.into_iter().map(event).collect(),
    })
}

async fn seen(conn: &mut Conn, actor: &Actor, order: Order) -> Result<OrderView> {
    let tenant = actor.tenant();
    let product = match order.product_id.map(ProductId::from) {
        Some(id) => products::find(conn, tenant, id).await?,
        None => None,
    };
    let plan = match order.plan_id.map(PlanId::from) {
        Some(id) => plans::find(conn, tenant, id).await?,
        None => None,
    };
    let app = match order.app_id.map(StripeAppId::from) {
        Some(id) => stripe_apps::find(conn, tenant, id).await?,
        None => None,
    };
    let state = order
        .state
        .parse()
        .map_err(|_| Error::fault("an order's state is not known"))?;
    Ok(OrderView {
        id: order.id,
        livemode: order.livemode,
        state,
        amount: money(order.amount_minor, &order.currency),
        quote: money(order.quote_minor, &order.quote_currency),
        named_product: order.named_product,
        product: product.map(|product| (product.id, product.name)),
        plan: plan.map(|plan| (plan.id, plan.name)),
        app: app.map(|app| (app.id, app.name)),
        quantity: Some(order.quantity).filter(|quantity| *quantity > 0),
        email: order.email,
        review_reason: order.review_reason,
        paid_at: order.paid_at.map(Timestamp::from_millis),
        issued_at: order.issued_at.map(Timestamp::from_millis),
        created_at: Timestamp::from_millis(order.created_at),
    })
}

fn payment(row: Payment) -> PaymentView {
    PaymentView {
        amount: money(Some(row.amount_minor), &row.currency),
        stripe_id: row.stripe_id,
        paid_at: Timestamp::from_millis(row.paid_at),
    }
}

fn event(row: OrderEvent) -> EventView {
    EventView {
        id: row.id,
        event_type: row.event_type,
        processing: row.processing,
        outcome: row.outcome,
        received_at: Timestamp::from_millis(row.received_at),
    }
}

fn money(minor: Option<i64>, currency: &str) -> Option<Money> {
    Some(Money::new(minor?, currency.parse::<Currency>().ok()?))
}
