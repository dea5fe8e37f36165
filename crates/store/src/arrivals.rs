//! What is known of an event and of its payment when it arrives, in one statement: this is asked for
//! every webhook, inside the transaction that everybody else waits for.

use domain::ids::{OrderId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;

/// What an arriving event is looked up by.
#[derive(Debug, Clone, Copy)]
pub struct Arriving<'a> {
    /// Stripe's `evt_…`.
    pub stripe_event_id: &'a str,
    /// Stripe's id of the payment intent, or empty.
    pub payment_intent_id: &'a str,
    /// Stripe's id of the checkout session, or empty.
    pub session_id: &'a str,
}

/// What is known already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Word of the event's processing state, if the event came before.
    pub processing: Option<String>,
    /// The order of the payment intent.
    pub by_payment_intent: Option<OrderId>,
    /// The order of the checkout session.
    pub by_session: Option<OrderId>,
}

#[derive(FromRow)]
struct Row {
    processing: Option<String>,
    by_payment_intent: Option<Uuid>,
    by_session: Option<Uuid>,
}

pub(crate) const FIND: &str = "select
    (select processing from stripe_events where tenant_id = $1 and stripe_event_id = $2) as processing,
    (select order_id from order_facts
        where tenant_id = $1 and kind = 'payment_intent' and stripe_id = $3) as by_payment_intent,
    (select order_id from order_facts
        where tenant_id = $1 and kind = 'session' and stripe_id = $4) as by_session";

/// What the tenant knows of an arriving event and of its payment.
pub async fn find(conn: &mut Conn, tenant: TenantId, arriving: Arriving<'_>) -> Result<Known> {
    let row: Row = on!(conn, c => sqlx::query_as(FIND).bind(tenant.get())
        .bind(arriving.stripe_event_id).bind(arriving.payment_intent_id).bind(arriving.session_id)
        .fetch_one(c).await?);
    Ok(Known {
        processing: row.processing,
        by_payment_intent: row.by_payment_intent.map(OrderId::from),
        by_session: row.by_session.map(OrderId::from),
    })
}
