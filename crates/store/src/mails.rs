//! Mails: who gets what, and what the mail server said. Bodies are never stored.

use domain::folding::email_key;
use domain::ids::{MailId, OrderId, TenantId};
use domain::list_order::LogOrder;
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::log_order::{BothWays, begins_after, both_ways};
use crate::news::Topic;
use crate::write::Write;

/// A mail's row.
#[derive(Clone, FromRow)]
pub struct Mail {
    /// Id.
    #[sqlx(try_from = "Uuid")]
    pub id: MailId,
    /// Test or live.
    pub livemode: bool,
    /// The order that it tells about.
    pub order_id: Option<Uuid>,
    /// The product whose template it is made from.
    pub product_id: Option<i32>,
    /// `purchase`, `payment_failed`, `license`, `ticket` or `test`.
    pub kind: String,
    /// 0 = the first of its kind for the order; a resend counts on.
    pub ordinal: i32,
    /// Address.
    pub recipient: String,
    /// The product's template version when the mail was queued.
    pub template_version: i32,
    /// RFC 5322 Message-ID with its angle brackets; fixed for ever.
    pub message_id: String,
    /// `queued`, `retrying`, `sent` or `failed`.
    pub state: String,
    /// How often sending was tried.
    pub attempts: i32,
    /// What the mail server said last, or empty.
    pub last_answer: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub sent_at: Option<i64>,
    /// The ticket that it passes on.
    pub ticket_id: Option<Uuid>,
    /// The one licence whose key it brings.
    pub license_id: Option<Uuid>,
}

/// One try to send.
#[derive(Debug, Clone, FromRow)]
pub struct MailAttempt {
    /// Unix milliseconds.
    pub at: i64,
    /// What the mail server said, or why it could not be asked.
    pub answer: String,
}

/// How a try ended.
pub struct Attempt<'a> {
    /// Id of the attempt's row.
    pub id: Uuid,
    /// The mail's state from now on.
    pub state: &'a str,
    /// What the mail server said.
    pub answer: &'a str,
    /// Unix milliseconds.
    pub now: i64,
}

/// How many mails are still to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// Not tried yet.
    pub queued: i64,
    /// Tried in vain, and tried again.
    pub retrying: i64,
}

macro_rules! columns {
    () => {
        "id, livemode, order_id, product_id, kind, ordinal, recipient, template_version, message_id, state,
        attempts, last_answer, created_at, sent_at, ticket_id, license_id"
    };
}

const INSERT: &str = concat!(
    "insert into mails (tenant_id, ",
    columns!(),
    ", recipient_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    on conflict (order_id, kind, ordinal) do nothing"
);
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from mails where tenant_id = $1 and id = $2"
);
// They differ in the index that leads through them; without a state the parameter is blank.
macro_rules! listed {
    ($beyond:literal, $way:literal, $of_state:literal) => {
        listed!($beyond, $way, "mails", $of_state)
    };
    ($beyond:literal, $way:literal, $from:literal, $of_state:literal) => {
        concat!(
            "select ",
            columns!(),
            " from ",
            $from,
            " where tenant_id = $1 and livemode = $2 and ",
            $of_state,
            " and (created_at, id) ",
            $beyond,
            " ($4, $5) order by created_at ",
            $way,
            ", id ",
            $way,
            " limit $6"
        )
    };
}
// What a search finds is read from its own index first, whole. `cross join` keeps SQLite from turning the two
// around.
macro_rules! found {
    ($beyond:literal, $way:literal) => {
        concat!(
            "with found (found_id) as materialized (select id from mails
            where tenant_id = $1 and livemode = $2 and recipient_key >= $7 and recipient_key < $8) ",
            listed!(
                $beyond,
                $way,
                "found cross join mails",
                "id = found_id and ($3 = '' or state = $3)"
            )
        )
    };
}
pub(crate) const LIST: BothWays = both_ways!(listed!("$3 = ''"));
pub(crate) const LIST_BY_STATE: BothWays = both_ways!(listed!("state = $3"));
pub(crate) const LIST_BY_RECIPIENT: BothWays = both_ways!(found!());
const BY_ORDER: &str = concat!(
    "select ",
    columns!(),
    " from mails where tenant_id = $1 and order_id = $2 order by created_at, id"
);
const LAST_ORDINAL: &str =
    "select max(ordinal) from mails where tenant_id = $1 and order_id = $2 and kind = $3";
const NOTE: &str =
    "update mails set state = $3, attempts = attempts + 1, last_answer = $4, sent_at = $5, failed_at = $6
    where tenant_id = $1 and id = $2 and state <> 'sent'";
const INSERT_ATTEMPT: &str =
    "insert into mail_attempts (id, mail_id, at, answer) values ($1, $2, $3, $4)";
const ATTEMPTS: &str = "select a.at, a.answer from mail_attempts a join mails m on m.id = a.mail_id
    where m.tenant_id = $1 and m.id = $2 order by a.at, a.id";
const REQUEUE: &str = "update mails set state = 'queued', recipient = $3, recipient_key = $4
    where tenant_id = $1 and id = $2 and state <> 'sent'";
// Both lead with the time at which a mail was given up, not with the one at which it was queued: it may have
// waited for a mail server longer than anybody looks back.
pub(crate) const LIST_FAILED: &str = concat!(
    "select ",
    columns!(),
    " from mails where tenant_id = $1 and livemode = $2 and state = 'failed' and failed_at >= $3
    order by failed_at desc, id desc limit $4"
);
pub(crate) const COUNT_FAILED: &str =
    "select count(*) from mails where tenant_id = $1 and livemode = $2 and state = 'failed'
    and failed_at >= $3";
pub(crate) const COUNT_WAITING: &str =
    "select count(case when state = 'queued' then 1 end) as queued,
        count(case when state = 'retrying' then 1 end) as retrying
    from mails where tenant_id = $1 and livemode = $2 and state in ('queued', 'retrying')";

/// Queues a mail. One that the order has already makes the transaction fail with
/// [`crate::StoreError::Overtaken`]: look at [`last_ordinal`] first.
pub fn insert(tx: &mut Tx, tenant: TenantId, m: &Mail) {
    tx.tell(Topic::Mails, tenant);
    tx.keep(
        Write::one(INSERT)
            .bind(tenant.get())
            .bind(m.id.get())
            .bind(m.livemode)
            .bind(m.order_id)
            .bind(m.product_id)
            .bind(&m.kind)
            .bind(m.ordinal)
            .bind(&m.recipient)
            .bind(m.template_version)
            .bind(&m.message_id)
            .bind(&m.state)
            .bind(m.attempts)
            .bind(&m.last_answer)
            .bind(m.created_at)
            .bind(m.sent_at)
            .bind(m.ticket_id)
            .bind(m.license_id)
            .bind(email_key(&m.recipient).as_str()),
    );
}

/// One mail of the tenant.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: MailId) -> Result<Option<Mail>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id.get()).fetch_optional(c).await?),
    )
}

/// Which mails are wanted, and in which order.
#[derive(Debug, Clone)]
pub struct MailFilter {
    /// Test or live.
    pub livemode: bool,
    /// A state, or empty for all.
    pub state: String,
    /// How the recipient's folded address begins, or empty.
    pub recipient: String,
    /// In which order.
    pub order: LogOrder,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, MailId)>,
    /// Rows wanted at most.
    pub limit: i64,
}

/// Mails by filter.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &MailFilter) -> Result<Vec<Mail>> {
    let (at, id) = begins_after(f.order, f.after.map(|(at, id)| (at, id.get())));
    let list = match f.state.as_str() {
        _ if !f.recipient.is_empty() => LIST_BY_RECIPIENT,
        "" => LIST,
        _ => LIST_BY_STATE,
    };
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(list.text(f.order)).bind(tenant.get()).bind(f.livemode).bind(&f.state)
            .bind(at).bind(id).bind(f.limit);
        if !f.recipient.is_empty() {
            // The greatest of all characters, which no address holds.
            query = query.bind(&f.recipient).bind(format!("{}\u{10ffff}", f.recipient));
        }
        query.fetch_all(c).await?
    }))
}

/// The mails of an order, oldest first.
pub async fn list_by_order(conn: &mut Conn, tenant: TenantId, order: OrderId) -> Result<Vec<Mail>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_ORDER).bind(tenant.get()).bind(order.get()).fetch_all(c).await?),
    )
}

/// The highest ordinal that an order has of a kind.
pub async fn last_ordinal(
    conn: &mut Conn,
    tenant: TenantId,
    of: (OrderId, &str),
) -> Result<Option<i32>> {
    Ok(
        on!(conn, c => sqlx::query_scalar(LAST_ORDINAL).bind(tenant.get()).bind(of.0.get()).bind(of.1)
        .fetch_one(c).await?),
    )
}

/// Writes how a try ended.
pub async fn note_attempt(
    tx: &mut Tx,
    tenant: TenantId,
    id: MailId,
    a: &Attempt<'_>,
) -> Result<()> {
    tx.tell(Topic::Mails, tenant);
    let sent_at = (a.state == "sent").then_some(a.now);
    let failed_at = (a.state == "failed").then_some(a.now);
    on!(tx, c => sqlx::query(NOTE).bind(tenant.get()).bind(id.get()).bind(a.state).bind(a.answer)
        .bind(sent_at).bind(failed_at).execute(c).await.map(drop))?;
    on!(tx, c => sqlx::query(INSERT_ATTEMPT).bind(a.id).bind(id.get()).bind(a.now).bind(a.answer)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// The delivery log of a mail, oldest first.
pub async fn attempts(conn: &mut Conn, tenant: TenantId, id: MailId) -> Result<Vec<MailAttempt>> {
    Ok(
        on!(conn, c => sqlx::query_as(ATTEMPTS).bind(tenant.get()).bind(id.get()).fetch_all(c).await?),
    )
}

/// Queues an unsent mail anew, to the same address or to another; false where it is already sent.
pub async fn requeue(tx: &mut Tx, tenant: TenantId, id: MailId, recipient: &str) -> Result<bool> {
    tx.tell(Topic::Mails, tenant);
    Ok(
        on!(tx, c => sqlx::query(REQUEUE).bind(tenant.get()).bind(id.get()).bind(recipient)
        .bind(email_key(recipient)).execute(c).await?.rows_affected() == 1),
    )
}

/// Mails of one side that were given up at or after a moment (Unix milliseconds), the last given up first.
pub async fn list_failed(
    conn: &mut Conn,
    tenant: TenantId,
    (livemode, since): (bool, i64),
    limit: i64,
) -> Result<Vec<Mail>> {
    Ok(
        on!(conn, c => sqlx::query_as(LIST_FAILED).bind(tenant.get()).bind(livemode).bind(since)
        .bind(limit).fetch_all(c).await?),
    )
}

/// How many mails of one side were given up at or after a moment (Unix milliseconds).
pub async fn count_failed(
    conn: &mut Conn,
    tenant: TenantId,
    (livemode, since): (bool, i64),
) -> Result<i64> {
    Ok(
        on!(conn, c => sqlx::query_scalar(COUNT_FAILED).bind(tenant.get()).bind(livemode).bind(since)
        .fetch_one(c).await?),
    )
}

/// How many mails of one side are still to be sent.
pub async fn count_waiting(conn: &mut Conn, tenant: TenantId, livemode: bool) -> Result<Waiting> {
    Ok(
        on!(conn, c => sqlx::query_as(COUNT_WAITING).bind(tenant.get()).bind(livemode)
        .fetch_one(c).await?),
    )
}
