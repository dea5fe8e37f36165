//! The inbox of vouched-for Stripe events: one row per event and tenant, whichever app it came by.

use domain::ids::{OrderId, StripeAppId, StripeEventId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::news::Topic;
use crate::write::Write;

/// What is written when an event comes in.
pub struct NewStripeEvent<'a> {
    /// Id, if the row is new.
    pub id: StripeEventId,
    /// Tenant of the app that vouched.
    pub tenant_id: TenantId,
    /// The app that vouched.
    pub app_id: StripeAppId,
    /// Stripe's `evt_…`.
    pub stripe_event_id: &'a str,
    /// Stripe's type, for example `checkout.session.completed`.
    pub event_type: &'a str,
    /// Stripe's livemode.
    pub livemode: bool,
    /// Stripe's id of the object that it tells of, or empty.
    pub object_id: &'a str,
    /// Stripe's API version of the payload, or empty.
    pub api_version: &'a str,
    /// `signature` or `stripe` (fetched by its id).
    pub source: &'a str,
    /// The payload as it is kept.
    pub payload: &'a str,
    /// Unix milliseconds.
    pub received_at: i64,
}

/// What the inbox knows of an event after it came in (again).
#[derive(Debug, Clone, FromRow)]
pub struct Receipt {
    /// Id of the row, old or new.
    #[sqlx(try_from = "Uuid")]
    pub id: StripeEventId,
    /// Word of the processing state; `pending` on a new row.
    pub processing: String,
    /// How often the event came, this time included.
    pub receipts: i64,
}

/// An event as it stands.
#[derive(Debug, Clone, FromRow)]
pub struct StripeEvent {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: StripeEventId,
    /// The app that vouched.
    #[sqlx(try_from = "Uuid")]
    pub app_id: StripeAppId,
    /// Stripe's `evt_…`.
    pub stripe_event_id: String,
    /// Stripe's type.
    #[sqlx(rename = "type")]
    pub event_type: String,
    /// Stripe's livemode.
    pub livemode: bool,
    /// Stripe's API version of the payload, or empty.
    pub api_version: String,
    /// `received`, `verified` or `failed`.
    pub status: String,
    /// `signature` or `stripe`.
    pub source: String,
    /// Word of the processing state.
    pub processing: String,
    /// The order that it concerns.
    pub order_id: Option<Uuid>,
    /// What came of it, one sentence.
    pub outcome: String,
    /// The first error.
    pub error: Option<String>,
    /// How often processing was tried.
    pub attempts: i32,
    /// How often the event came.
    pub receipts: i64,
    /// The payload as it is kept.
    pub payload: String,
    /// Unix milliseconds.
    pub received_at: i64,
    /// Unix milliseconds, once processing ended.
    pub processed_at: Option<i64>,
}

/// An event as its order lists it.
#[derive(Debug, Clone, FromRow)]
pub struct OrderEvent {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: StripeEventId,
    /// Stripe's type.
    #[sqlx(rename = "type")]
    pub event_type: String,
    /// Word of the processing state.
    pub processing: String,
    /// What came of it, one sentence.
    pub outcome: String,
    /// Unix milliseconds.
    pub received_at: i64,
}

/// How processing ended.
pub struct Finish<'a> {
    /// Word of the processing state.
    pub processing: &'a str,
    /// The order that it concerns.
    pub order_id: Option<OrderId>,
    /// One sentence.
    pub outcome: &'a str,
    /// Unix milliseconds.
    pub now: i64,
}

const RECEIVE: &str =
    "insert into stripe_events (id, tenant_id, app_id, stripe_event_id, type, livemode,
        api_version, status, source, processing, outcome, attempts, receipts, payload, received_at,
        object_id)
    values ($1, $2, $3, $4, $5, $6, $7, 'verified', $8, 'pending', '', 0, 1, $9, $10, $11)
    on conflict (tenant_id, stripe_event_id) do update set receipts = stripe_events.receipts + 1
    returning id, processing, receipts";
const INSERT_FINAL: &str =
    "insert into stripe_events (id, tenant_id, app_id, stripe_event_id, type, livemode,
        api_version, status, source, processing, order_id, outcome, attempts, receipts, payload,
        received_at, processed_at, object_id)
    values ($1, $2, $3, $4, $5, $6, $7, 'verified', $8, $9, $10, $11, 1, 1, $12, $13, $14, $15)
    on conflict (tenant_id, stripe_event_id) do nothing";
const FINISH: &str = "update stripe_events set status = 'verified', processing = $3, order_id = $4,
        outcome = $5, processed_at = $6, attempts = attempts + 1
    where tenant_id = $1 and id = $2";
const FAIL: &str = "update stripe_events set processing = $3, status = $4,
        error = coalesce(error, $5), attempts = attempts + 1
    where tenant_id = $1 and id = $2 and processing in ('pending', 'retrying', 'failed')";
const FIND: &str =
    "select id, app_id, stripe_event_id, type, livemode, api_version, status, source,
        processing, order_id, outcome, error, attempts, receipts, payload, received_at, processed_at
    from stripe_events where tenant_id = $1 and id = $2";
const BY_STRIPE_ID: &str =
    "select id, app_id, stripe_event_id, type, livemode, api_version, status, source,
        processing, order_id, outcome, error, attempts, receipts, payload, received_at, processed_at
    from stripe_events where tenant_id = $1 and stripe_event_id = $2";
const BY_ORDER: &str = "select id, type, processing, outcome, received_at from stripe_events
    where tenant_id = $1 and order_id = $2 order by received_at, id limit $3";
const FIRST_PAYLOAD: &str = "select payload from stripe_events
    where tenant_id = $1 and order_id = $2 order by received_at, id limit 1";
pub(crate) const FOLLOW_ORDER: &str =
    "update stripe_events set processing = $3, outcome = $4, processed_at = $5
    where tenant_id = $1 and order_id = $2 and processing in ('waiting', 'review')";

/// Takes an event in, or counts that it came again. The row stays locked until the transaction ends,
/// so that two deliveries of one event are judged one after the other.
pub async fn receive(tx: &mut Tx, event: &NewStripeEvent<'_>) -> Result<Receipt> {
    tx.tell(Topic::StripeEvents, event.tenant_id);
    Ok(
        on!(tx, c => sqlx::query_as(RECEIVE).bind(event.id.get()).bind(event.tenant_id.get())
        .bind(event.app_id.get()).bind(event.stripe_event_id).bind(event.event_type)
        .bind(event.livemode).bind(event.api_version).bind(event.source).bind(event.payload)
        .bind(event.received_at).bind(event.object_id).fetch_one(c).await?),
    )
}

/// Takes in an event that was not known, together with how its processing ended. Another transaction
/// that took it in at the same instant makes this one fail with [`crate::StoreError::Overtaken`].
pub fn insert_final(tx: &mut Tx, event: &NewStripeEvent<'_>, end: &Finish<'_>) {
    tx.tell(Topic::StripeEvents, event.tenant_id);
    tx.keep(
        Write::one(INSERT_FINAL)
            .bind(event.id.get())
            .bind(event.tenant_id.get())
            .bind(event.app_id.get())
            .bind(event.stripe_event_id)
            .bind(event.event_type)
            .bind(event.livemode)
            .bind(event.api_version)
            .bind(event.source)
            .bind(end.processing)
            .bind(end.order_id.map(OrderId::get))
            .bind(end.outcome)
            .bind(event.payload)
            .bind(event.received_at)
            .bind(end.now)
            .bind(event.object_id),
    );
}

/// Writes how processing ended.
pub fn finish(tx: &mut Tx, tenant: TenantId, id: StripeEventId, end: &Finish<'_>) {
    tx.tell(Topic::StripeEvents, tenant);
    tx.keep(
        Write::one(FINISH)
            .bind(tenant.get())
            .bind(id.get())
            .bind(end.processing)
            .bind(end.order_id.map(OrderId::get))
            .bind(end.outcome)
            .bind(end.now),
    );
}

/// Notes that processing failed for a reason of ours; the first error is kept, and so is an end that
/// somebody else has reached meanwhile.
/// `state` is processing and status, for example `("retrying", "verified")`.
pub async fn fail(
    tx: &mut Tx,
    tenant: TenantId,
    id: StripeEventId,
    state: (&str, &str, &str),
) -> Result<()> {
    tx.tell(Topic::StripeEvents, tenant);
    on!(tx, c => sqlx::query(FAIL).bind(tenant.get()).bind(id.get()).bind(state.0).bind(state.1)
        .bind(state.2).execute(c).await.map(drop))?;
    Ok(())
}

/// Tells the events that waited for an order what became of it.
pub fn follow_order(tx: &mut Tx, tenant: TenantId, order: OrderId, end: &Finish<'_>) {
    tx.tell(Topic::StripeEvents, tenant);
    tx.keep(
        Write::any(FOLLOW_ORDER)
            .bind(tenant.get())
            .bind(order.get())
            .bind(end.processing)
            .bind(end.outcome)
            .bind(end.now),
    );
}

/// The events that told of an order, the first come first.
pub async fn list_by_order(
    conn: &mut Conn,
    tenant: TenantId,
    order: OrderId,
    limit: i64,
) -> Result<Vec<OrderEvent>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_ORDER).bind(tenant.get()).bind(order.get()).bind(limit)
        .fetch_all(c).await?),
    )
}

/// The payload of the first event that told of an order.
pub async fn first_payload_of_order(
    conn: &mut Conn,
    tenant: TenantId,
    order: OrderId,
) -> Result<Option<String>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(FIRST_PAYLOAD).bind(tenant.get()).bind(order.get())
        .fetch_optional(c).await?),
    )
}

/// One event of the tenant.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    id: StripeEventId,
) -> Result<Option<StripeEvent>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// One event of the tenant by Stripe's id.
pub async fn find_by_stripe_id(
    conn: &mut Conn,
    tenant: TenantId,
    stripe_event_id: &str,
) -> Result<Option<StripeEvent>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_STRIPE_ID).bind(tenant.get()).bind(stripe_event_id)
        .fetch_optional(c).await?),
    )
}
