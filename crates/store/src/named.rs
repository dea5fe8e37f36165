//! Pages of what has a name and an id that counts up: by either, and either way around.

use domain::ids::TenantId;
use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};

use crate::conn::{Conn, on};
use crate::error::Result;

/// Which of the things that have a name are wanted, and in which order.
#[derive(Debug, Clone)]
pub struct NameFilter {
    /// Those in use, or the archived ones.
    pub shelf: Shelf,
    /// How the folded name begins, or empty.
    pub beginning: String,
    /// In which order.
    pub order: NameOrder,
    /// Only what comes after the one with this id.
    pub after: Option<i32>,
    /// Rows wanted at most.
    pub limit: i64,
}

/// Where things that have a name are.
pub(crate) struct Named {
    /// Their table.
    pub table: &'static str,
    /// Its columns.
    pub columns: &'static str,
    /// Finds the ids of those whose names begin so ($4 up to $5) by an index of the names.
    pub found: &'static str,
}

impl NameFilter {
    /// The id after which the page begins: without one, that which lies before all rows.
    fn begins_after(&self) -> i32 {
        let outermost = if self.order.is_falling() { i32::MAX } else { 0 };
        self.after.unwrap_or(outermost)
    }

    // What a search finds is read from the names' index first, whole; `cross join` keeps SQLite from turning the
    // two around. A place is an id: its name is looked up where the page begins.
    pub(crate) fn text(&self, of: &Named) -> String {
        let Named {
            table,
            columns,
            found,
        } = of;
        let on_shelf = match self.shelf {
            Shelf::Current => "archived_at is null",
            Shelf::Archived => "archived_at is not null",
        };
        let (found, from) = if self.beginning.is_empty() {
            (String::new(), format!("{table} where"))
        } else {
            (
                format!("with found (found_id) as materialized ({found}) "),
                format!("found cross join {table} where id = found_id and"),
            )
        };
        // The greatest of all characters, or a text that comes before all others.
        let (beyond, way, outermost) = if self.order.is_falling() {
            ("<", "desc", "\u{10ffff}")
        } else {
            (">", "asc", "")
        };
        let (place, sorted) = if self.order.is_by_name() {
            let name =
                format!("select s.name_key from {table} s where s.tenant_id = $1 and s.id = $2");
            (
                format!("(name_key, id) {beyond} (coalesce(({name}), '{outermost}'), $2)"),
                format!("name_key {way}, id {way}"),
            )
        } else {
            (format!("id {beyond} $2"), format!("id {way}"))
        };
        format!(
            "{found}select {columns} from {from} tenant_id = $1 and {on_shelf} and {place}
            order by {sorted} limit $3"
        )
    }
}

/// A page of a table's rows.
pub(crate) async fn page<T>(
    conn: &mut Conn,
    tenant: TenantId,
    (filter, of): (&NameFilter, &Named),
) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let beginning = &filter.beginning;
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(AssertSqlSafe(filter.text(of))).bind(tenant.get())
            .bind(filter.begins_after()).bind(filter.limit);
        if !beginning.is_empty() {
            // The greatest of all characters.
            query = query.bind(beginning).bind(format!("{beginning}\u{10ffff}"));
        }
        query.fetch_all(c).await?
    }))
}
