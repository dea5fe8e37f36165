//! The event log as people see it: vouched-for events and refused deliveries in one list.

use domain::ids::{StripeAppId, TenantId};
use domain::list_order::LogOrder;
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;
use crate::log_order::{BothWays, begins_after, both_ways};

/// One line of the event log.
#[derive(Debug, Clone, FromRow)]
pub struct EventLine {
    /// Id of the event or of the delivery.
    pub id: Uuid,
    /// False for a refused delivery, whose claims prove nothing.
    pub is_event: bool,
    /// Stripe's `evt_…`, possibly only claimed.
    pub stripe_event_id: String,
    /// Stripe's type, possibly only claimed.
    #[sqlx(rename = "type")]
    pub event_type: String,
    /// `received`, `verified` or `failed`.
    pub status: String,
    /// Word of the processing state.
    pub processing: String,
    /// The first error.
    pub error: Option<String>,
    /// The app's name, where one is known.
    pub app: Option<String>,
    /// Stripe's livemode, where somebody vouches for it.
    pub livemode: bool,
    /// How often it came.
    pub receipts: i64,
    /// Unix milliseconds.
    pub received_at: i64,
    /// Unix milliseconds, once processing ended.
    pub processed_at: Option<i64>,
    /// One sentence.
    pub outcome: String,
}

/// Which lines are wanted, and in which order.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// `received`, `verified`, `failed`, or empty for all.
    pub status: String,
    /// A type, or empty for all.
    pub event_type: String,
    /// What came by one app, or by all.
    pub app_id: Option<StripeAppId>,
    /// Stripe's id of the event, or of an object that events tell of; empty for all.
    pub stripe_id: String,
    /// Only events of this mode; refused deliveries go by their app's mode.
    pub livemode: Option<bool>,
    /// Also deliveries of the shared URL, which name no tenant.
    pub with_shared: bool,
    /// In which order.
    pub order: LogOrder,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, Uuid)>,
    /// Lines to pass over.
    pub offset: i64,
    /// Lines wanted at most.
    pub limit: i64,
}

// Each side's first come by their own index, as many as the page may need; only those are sorted together.
macro_rules! events_of {
    ($beyond:literal, $way:literal, $from:literal, $narrowed:literal, $side:literal) => {
        concat!(
            "select * from (select e.id, $7 as is_event, e.stripe_event_id, e.type, e.status, e.processing,
                   e.error, a.name as app, e.livemode, e.receipts, e.received_at, e.processed_at, e.outcome
              from ",
            $from,
            " left join stripe_apps a on a.id = e.app_id and a.tenant_id = e.tenant_id
             where e.tenant_id = $1 and ",
            $side,
            " and ",
            $narrowed,
            " and (e.received_at, e.id) ",
            $beyond,
            " ($11, $12)
             order by e.received_at ",
            $way,
            ", e.id ",
            $way,
            " limit $9 + $10) as "
        )
    };
}

// A refused delivery leaves the log once its event came again and was verified.
macro_rules! listed {
    ($beyond:literal, $way:literal, $from:literal, $narrowed:literal, $claimed:literal) => {
        concat!(
            events_of!($beyond, $way, $from, $narrowed, "e.livemode = $4"),
            "one union all ",
            events_of!(
                $beyond,
                $way,
                $from,
                $narrowed,
                "e.livemode = $5 and $5 <> $4"
            ),
            "other union all
    select d.id, $8 as is_event, d.claimed_event_id, d.claimed_type, d.status, 'failed', d.cause,
           a.name as app, coalesce(a.is_live, $8), d.receipts, d.last_at, null, d.cause
      from stripe_deliveries d left join stripe_apps a on a.id = d.app_id and a.tenant_id = d.tenant_id
     where (d.tenant_id = $1 or (d.tenant_id is null and $6)) and ($2 = '' or d.status = $2)
       and ($3 = '' or d.claimed_type = $3) and ($13 is null or d.app_id = $13)
       and (d.app_id is null or a.is_live = $4 or a.is_live = $5)
       and (d.last_at, d.id) ",
            $beyond,
            " ($11, $12)",
            $claimed,
            " and not exists (select 1 from stripe_events v where v.tenant_id = $1
                       and v.stripe_event_id = d.claimed_event_id and v.received_at >= d.last_at)
    order by 11 ",
            $way,
            ", 1 ",
            $way,
            " limit $9 offset $10"
        )
    };
    ($beyond:literal, $way:literal, $narrowed:literal) => {
        listed!($beyond, $way, "stripe_events e", $narrowed, "")
    };
}

// They differ in the index that leads through them. Nearly all events are verified.
pub(crate) const LIST: BothWays = both_ways!(listed!(
    "($2 = '' or e.status = $2) and $3 = '' and $13 is null"
));
pub(crate) const LIST_OF_TYPE: BothWays = both_ways!(listed!(
    "($2 = '' or e.status = $2) and e.type = $3 and ($13 is null or e.app_id = $13)"
));
pub(crate) const LIST_OF_APP: BothWays = both_ways!(listed!(
    "($2 = '' or e.status = $2) and $3 = '' and e.app_id = $13"
));
// Few are: an index of their own leads to them.
pub(crate) const LIST_UNVERIFIED: BothWays = both_ways!(listed!(
    "e.status <> 'verified' and e.status = $2 and ($3 = '' or e.type = $3)
     and ($13 is null or e.app_id = $13)"
));
// An event by its own id, by its object's, or by its purchase's. `cross join` keeps SQLite from turning the two
// around.
macro_rules! found {
    ($beyond:literal, $way:literal) => {
        concat!(
            "with found (found_id) as materialized (
            select id from stripe_events where tenant_id = $1 and stripe_event_id = $14
            union
            select id from stripe_events where tenant_id = $1 and object_id = $14 and object_id <> ''
            union
            select e.id from order_facts f cross join stripe_events e
             where f.tenant_id = $1 and f.kind in ('payment_intent', 'session') and f.stripe_id = $14
               and e.tenant_id = $1 and e.order_id = f.order_id) ",
            listed!(
                $beyond,
                $way,
                "found cross join stripe_events e",
                "e.id = found_id and ($2 = '' or e.status = $2) and ($3 = '' or e.type = $3)
                 and ($13 is null or e.app_id = $13)",
                " and d.claimed_event_id = $14"
            )
        )
    };
}
pub(crate) const FIND: BothWays = both_ways!(found!());

impl EventFilter {
    fn list(&self) -> BothWays {
        let of_type = !self.event_type.is_empty();
        match (self.status.as_str(), self.app_id.is_some()) {
            _ if !self.stripe_id.is_empty() => FIND,
            ("received" | "failed", _) => LIST_UNVERIFIED,
            _ if of_type => LIST_OF_TYPE,
            (_, true) => LIST_OF_APP,
            (_, false) => LIST,
        }
    }
}

/// The log.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &EventFilter) -> Result<Vec<EventLine>> {
    let (one, other) = match f.livemode {
        Some(mode) => (mode, mode),
        None => (true, false),
    };
    let (at, id) = begins_after(f.order, f.after);
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(f.list().text(f.order)).bind(tenant.get()).bind(&f.status)
            .bind(&f.event_type).bind(one).bind(other).bind(f.with_shared).bind(true).bind(false).bind(f.limit).bind(f.offset)
            .bind(at).bind(id).bind(f.app_id.map(StripeAppId::get));
        if !f.stripe_id.is_empty() {
            query = query.bind(&f.stripe_id);
        }
        query.fetch_all(c).await?
    }))
}

// From one type to the next by the index, however many events each has.
pub(crate) const TYPES: &str = "with recursive types (type) as (
        select min(type) from stripe_events where tenant_id = $1 and livemode = $2
        union all
        select (select min(e.type) from stripe_events e
                 where e.tenant_id = $1 and e.livemode = $2 and e.type > t.type)
          from types t where t.type is not null)
    select type from types where type is not null limit 300";

/// The types of the events of one mode, in the order of their names, at most 300.
pub async fn types(conn: &mut Conn, tenant: TenantId, livemode: bool) -> Result<Vec<String>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(TYPES).bind(tenant.get()).bind(livemode)
        .fetch_all(c).await?),
    )
}

/// Failures with one cause at one app.
#[derive(Debug, Clone, FromRow)]
pub struct FailedCause {
    /// The first error, or why deliveries were refused.
    pub cause: String,
    /// The app's name, or empty where none is known.
    pub app: String,
    /// How many events or claimed events.
    pub count: i64,
    /// The first of them, Unix milliseconds.
    pub first_at: i64,
    /// The latest of them, Unix milliseconds.
    pub last_at: i64,
}

/// Which failures are wanted.
#[derive(Debug, Clone)]
pub struct FailureFilter {
    /// Test or live; refused deliveries go by their app's mode, those of the shared URL by either.
    pub livemode: bool,
    /// Unix milliseconds: at or after.
    pub since: i64,
    /// Also deliveries of the shared URL, which name no tenant.
    pub with_shared: bool,
}

pub(crate) const FAILED_CAUSES: &str = "
    select cause, app, count(*) as count, min(first_at) as first_at, max(last_at) as last_at
      from (select coalesce(e.error, e.outcome) as cause, coalesce(a.name, '') as app,
                   e.received_at as first_at, e.received_at as last_at
              from stripe_events e
              left join stripe_apps a on a.id = e.app_id and a.tenant_id = e.tenant_id
             where e.tenant_id = $1 and e.livemode = $2 and e.received_at >= $3
               and e.status <> 'verified' and e.status = 'failed'
            union all
            select d.cause, coalesce(a.name, ''), d.first_at, d.last_at
              from stripe_deliveries d
              left join stripe_apps a on a.id = d.app_id and a.tenant_id = d.tenant_id
             where (d.tenant_id = $1 or (d.tenant_id is null and $4)) and d.last_at >= $3
               and (d.app_id is null or a.is_live = $2)
               and not exists (select 1 from stripe_events v where v.tenant_id = $1
                               and v.stripe_event_id = d.claimed_event_id
                               and v.received_at >= d.last_at)) as failures
     group by cause, app order by 5 desc, 1, 2 limit 20";

/// What failed and why, the latest cause first, at most 20.
pub async fn failed_causes(
    conn: &mut Conn,
    tenant: TenantId,
    f: &FailureFilter,
) -> Result<Vec<FailedCause>> {
    Ok(
        on!(conn, c => sqlx::query_as(FAILED_CAUSES).bind(tenant.get()).bind(f.livemode).bind(f.since)
        .bind(f.with_shared).fetch_all(c).await?),
    )
}
