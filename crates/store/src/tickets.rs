//! Support tickets: messages to the seller from whoever uses a program.

use domain::ids::{ProductId, TenantId};
use domain::list_order::LogOrder;
use domain::ticket_state::TicketState;
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, Tx, on};
use crate::error::Result;
use crate::log_order::{BothWays, begins_after, both_ways};
use crate::write::Write;

/// A ticket's row.
#[derive(Clone, FromRow)]
pub struct Ticket {
    /// Id.
    pub id: Uuid,
    /// The product that it is about.
    #[sqlx(try_from = "i32")]
    pub product_id: ProductId,
    /// Where the answer goes.
    pub email: String,
    /// The address folded.
    pub email_key: String,
    /// One line.
    pub subject: String,
    /// The line folded.
    pub subject_key: String,
    /// Plain text.
    pub message: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds, while it is closed.
    pub closed_at: Option<i64>,
    /// Who closed it, for reading; empty while it is open.
    pub closed_by: String,
}

/// Which tickets are wanted, and in which order.
#[derive(Debug, Clone, Default)]
pub struct TicketFilter {
    /// A state, or all.
    pub state: Option<TicketState>,
    /// A product's id, or 0 for all.
    pub product_id: i32,
    /// How the sender's folded address begins, or the folded subject; empty for all.
    pub beginning: String,
    /// In which order.
    pub order: LogOrder,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, Uuid)>,
    /// Rows wanted at most.
    pub limit: i64,
}

macro_rules! columns {
    () => {
        "id, product_id, email, email_key, subject, subject_key, message, created_at, closed_at, closed_by"
    };
}
// They differ in the index that leads through them.
macro_rules! listed {
    ($beyond:literal, $way:literal, $narrowed:literal) => {
        listed!($beyond, $way, "tickets", $narrowed)
    };
    ($beyond:literal, $way:literal, $from:literal, $narrowed:literal) => {
        concat!(
            "select ",
            columns!(),
            " from ",
            $from,
            " where tenant_id = $1 and ",
            $narrowed,
            " and (created_at, id) ",
            $beyond,
            " ($2, $3) order by created_at ",
            $way,
            ", id ",
            $way,
            " limit $4"
        )
    };
}

const INSERT: &str = concat!(
    "insert into tickets (tenant_id, ",
    columns!(),
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
);
const FIND: &str = concat!(
    "select ",
    columns!(),
    " from tickets where tenant_id = $1 and id = $2"
);
const CLOSE: &str = "update tickets set closed_at = $3, closed_by = $4
    where tenant_id = $1 and id = $2 and closed_at is null";
const REOPEN: &str = "update tickets set closed_at = null, closed_by = ''
    where tenant_id = $1 and id = $2 and closed_at is not null";
pub(crate) const LIST: BothWays = both_ways!(listed!("$5 = 0"));
pub(crate) const LIST_OF_PRODUCT: BothWays = both_ways!(listed!("product_id = $5"));
pub(crate) const LIST_OPEN: BothWays =
    both_ways!(listed!("closed_at is null and ($5 = 0 or product_id = $5)"));
pub(crate) const LIST_CLOSED: BothWays = both_ways!(listed!("closed_at is not null and $5 = 0"));
pub(crate) const LIST_CLOSED_OF_PRODUCT: BothWays =
    both_ways!(listed!("closed_at is not null and product_id = $5"));
// What a search finds is read from its own indexes first, whole. `cross join` keeps SQLite from turning the two
// around.
macro_rules! found {
    ($beyond:literal, $way:literal) => {
        concat!(
            "with found (found_id) as materialized (
            select id from tickets where tenant_id = $1 and email_key >= $6 and email_key < $7
            union
            select id from tickets where tenant_id = $1 and subject_key >= $6 and subject_key < $7) ",
            listed!(
                $beyond,
                $way,
                "found cross join tickets",
                "id = found_id and ($5 = 0 or product_id = $5) and ($8 = ''
                or ($8 = 'open' and closed_at is null) or ($8 = 'closed' and closed_at is not null))"
            )
        )
    };
}
pub(crate) const FIND_BY_BEGINNING: BothWays = both_ways!(found!());

/// Adds a ticket.
pub fn insert(tx: &mut Tx, tenant: TenantId, t: &Ticket) {
    tx.keep(
        Write::one(INSERT)
            .bind(tenant.get())
            .bind(t.id)
            .bind(t.product_id.get())
            .bind(&t.email)
            .bind(&t.email_key)
            .bind(&t.subject)
            .bind(&t.subject_key)
            .bind(&t.message)
            .bind(t.created_at)
            .bind(t.closed_at)
            .bind(&t.closed_by),
    );
}

/// One ticket of the tenant.
pub async fn find(conn: &mut Conn, tenant: TenantId, id: Uuid) -> Result<Option<Ticket>> {
    Ok(on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(id).fetch_optional(c).await?))
}

/// Closes a ticket in somebody's name; false where none of the tenant is open with this id.
pub async fn close(
    tx: &mut Tx,
    tenant: TenantId,
    id: Uuid,
    (by, now): (&str, i64),
) -> Result<bool> {
    Ok(
        on!(tx, c => sqlx::query(CLOSE).bind(tenant.get()).bind(id).bind(now).bind(by)
        .execute(c).await?.rows_affected() == 1),
    )
}

/// Opens a closed ticket again; false where none of the tenant is closed with this id.
pub async fn reopen(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<bool> {
    Ok(on!(tx, c => sqlx::query(REOPEN).bind(tenant.get()).bind(id)
        .execute(c).await?.rows_affected() == 1))
}

impl TicketFilter {
    const fn list(&self) -> BothWays {
        match (self.state, self.product_id) {
            _ if !self.beginning.is_empty() => FIND_BY_BEGINNING,
            (Some(TicketState::Open), _) => LIST_OPEN,
            (Some(TicketState::Closed), 0) => LIST_CLOSED,
            (Some(TicketState::Closed), _) => LIST_CLOSED_OF_PRODUCT,
            (None, 0) => LIST,
            (None, _) => LIST_OF_PRODUCT,
        }
    }
}

/// Tickets by filter.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &TicketFilter) -> Result<Vec<Ticket>> {
    let (at, id) = begins_after(f.order, f.after);
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(f.list().text(f.order)).bind(tenant.get()).bind(at).bind(id)
            .bind(f.limit).bind(f.product_id);
        if !f.beginning.is_empty() {
            // The greatest of all characters.
            query = query.bind(&f.beginning).bind(format!("{}\u{10ffff}", f.beginning))
                .bind(f.state.map_or("", TicketState::as_str));
        }
        query.fetch_all(c).await?
    }))
}
