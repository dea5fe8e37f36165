//! Lists of licences in an order of their own: by when they were issued, by their end, by their holder; either way
//! around. What [`crate::license_list`] has constants for is put together here: where the rows come from, what they
//! are sorted by, and which way.

use domain::ids::TenantId;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;
use crate::license_list::{
    LicenseFilter, LicenseSearch, expired, filtered, found_by_email, found_by_last_four, held,
    of_product,
};
use crate::licenses::{License, columns};

macro_rules! found {
    ($few:expr) => {
        concat!(
            "with found (found_id) as materialized (select id from licenses where ",
            $few,
            ") "
        )
    };
}

const COLUMNS: &str = columns!();
const FILTERED: &str = filtered!();

/// What licences are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenseKey {
    /// When it was issued.
    Created,
    /// When it ends.
    Expires,
    /// The holder's folded address.
    Email,
}

/// Which licences are wanted, and in which order.
pub struct OrderedFilter<'a> {
    /// Which; its place and offset are not looked at.
    pub filter: &'a LicenseFilter,
    /// What they are sorted by, and among equals by their ids.
    pub key: LicenseKey,
    /// The greatest first.
    pub is_falling: bool,
    /// Only what comes after this one.
    pub after: Option<&'a License>,
    /// The filter finds few: they are read by an index of its own and sorted, where otherwise the order's index
    /// leads through them.
    pub is_few: bool,
}

/// What a row is sorted by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    At(i64),
    Text(&'a str),
}

impl LicenseKey {
    const fn column(self) -> &'static str {
        match self {
            Self::Created => "created_at",
            Self::Expires => "expires_at",
            Self::Email => "email_key",
        }
    }

    fn of(self, row: &License) -> Key<'_> {
        match self {
            Self::Created => Key::At(row.created_at),
            Self::Expires => Key::At(row.expires_at),
            Self::Email => Key::Text(&row.email_key),
        }
    }

    /// What lies before all rows, or behind them.
    const fn outermost(self, is_falling: bool) -> Key<'static> {
        match (self, is_falling) {
            (Self::Email, false) => Key::Text(""),
            // The greatest of all characters, which no address holds.
            (Self::Email, true) => Key::Text("\u{10ffff}"),
            (_, false) => Key::At(i64::MIN),
            (_, true) => Key::At(i64::MAX),
        }
    }
}

impl OrderedFilter<'_> {
    /// Which of two rows comes first.
    pub fn compare(&self, one: &License, other: &License) -> std::cmp::Ordering {
        let rising = (self.key.of(one), one.id).cmp(&(self.key.of(other), other.id));
        if self.is_falling {
            rising.reverse()
        } else {
            rising
        }
    }

    /// What is read first, by an index of its own; empty where the order's index leads through the rows.
    fn found(&self) -> &'static str {
        match &self.filter.search {
            LicenseSearch::LastFour(_) => found_by_last_four!("$9"),
            LicenseSearch::Email(_) | LicenseSearch::EmailBeginning(_) => {
                found_by_email!("$9", "$10")
            }
            LicenseSearch::All if !self.is_few => "",
            LicenseSearch::All if self.filter.is_by_end() => found!(expired!()),
            LicenseSearch::All if self.filter.is_held() => found!(held!()),
            LicenseSearch::All => found!(of_product!()),
        }
    }

    fn text(&self) -> String {
        let (found, key) = (self.found(), self.key.column());
        let from = if found.is_empty() {
            "licenses where"
        } else {
            "found cross join licenses where id = found_id and"
        };
        let (beyond, way) = if self.is_falling {
            ("<", "desc")
        } else {
            (">", "asc")
        };
        format!(
            "{found}select {COLUMNS} from {from} {FILTERED} and ({key}, id) {beyond} ($6, $7)
            order by {key} {way}, id {way} limit $8"
        )
    }
}

/// Licences by filter, in an order of their own.
pub async fn list(
    conn: &mut Conn,
    tenant: TenantId,
    o: &OrderedFilter<'_>,
) -> Result<Vec<License>> {
    let f = o.filter;
    let outermost = if o.is_falling {
        Uuid::max()
    } else {
        Uuid::nil()
    };
    let (key, id) = o.after.map_or_else(
        || (o.key.outermost(o.is_falling), outermost),
        |row| (o.key.of(row), row.id.get()),
    );
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(AssertSqlSafe(o.text())).bind(tenant.get()).bind(f.livemode)
            .bind(f.product_id).bind(&f.state).bind(f.now);
        query = match key {
            Key::At(at) => query.bind(at),
            Key::Text(text) => query.bind(text),
        };
        query = query.bind(id).bind(f.limit);
        for key in f.search.keys() {
            query = query.bind(key);
        }
        query.fetch_all(c).await?
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{Connection as _, Row as _, SqliteConnection};

    fn filter(product_id: i32, state: &str) -> LicenseFilter {
        LicenseFilter {
            livemode: false,
            product_id,
            state: state.into(),
            now: 0,
            search: LicenseSearch::All,
            after: None,
            offset: 0,
            limit: 50,
        }
    }

    #[tokio::test]
    async fn every_order_reads_its_own_index_or_that_of_a_filter_that_finds_few() {
        let mut conn = SqliteConnection::connect("sqlite::memory:")
            .await
            .expect("a database in memory");
        let migrated = crate::migrate::SQLITE.run(&mut conn).await;
        migrated.expect("the migrations apply");
        let orders = [
            (
                LicenseKey::Created,
                "licenses_by_created (tenant_id=? AND livemode=? AND (created_at,id)",
            ),
            (
                LicenseKey::Expires,
                "licenses_by_expiry (tenant_id=? AND livemode=? AND (expires_at,id)",
            ),
            (
                LicenseKey::Email,
                "licenses_by_email (tenant_id=? AND livemode=? AND (email_key,id)",
            ),
        ];
        let few = [
            ((1, ""), "licenses_by_product"),
            ((0, "revoked"), "licenses_held"),
            ((0, "expired"), "licenses_by_expiry"),
        ];
        for (key, own) in orders {
            for is_falling in [false, true] {
                let beyond = if is_falling { "<" } else { ">" };
                let walked = ((1, "revoked"), format!("{own}{beyond}"), false);
                let collected = few.map(|(filter, index)| (filter, index.to_owned(), true));
                for ((product, state), index, is_few) in collected.into_iter().chain([walked]) {
                    let ordered = OrderedFilter {
                        filter: &filter(product, state),
                        key,
                        is_falling,
                        after: None,
                        is_few,
                    };
                    let explain = format!("explain query plan {}", ordered.text());
                    let rows = sqlx::query(AssertSqlSafe(explain))
                        .fetch_all(&mut conn)
                        .await;
                    let rows = rows.expect("the statement is understood");
                    let steps = rows.iter().map(|row| row.get::<String, _>("detail"));
                    let plan = steps.collect::<Vec<_>>().join("\n");
                    assert!(
                        plan.contains(&index),
                        "{}\nis done so:\n{plan}",
                        ordered.text()
                    );
                    assert_eq!(plan.contains("ORDER BY"), is_few, "{plan}");
                }
            }
        }
    }
}
