//! Lists of licences: by filter, by what people search for, and counts of them.

use domain::ids::{LicenseId, TenantId};
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;
use crate::licenses::{License, columns};

// An absent filter is an empty or zero parameter. An active licence whose end has passed counts as expired.
macro_rules! filtered {
    () => {
        "tenant_id = $1 and livemode = $2 and ($3 = 0 or product_id = $3)
          and ($4 = '' or $4 = case when state = 'active' and expires_at < $5 then 'expired' else state end)"
    };
}
// The same for those filters that an index of their own leads through.
macro_rules! of_product {
    () => {
        "tenant_id = $1 and livemode = $2 and product_id = $3
          and ($4 = '' or $4 = case when state = 'active' and expires_at < $5 then 'expired' else state end)"
    };
}
macro_rules! held {
    () => {
        "tenant_id = $1 and livemode = $2 and ($3 = 0 or product_id = $3)
          and state <> 'active' and state = $4 and $5 is not null"
    };
}
macro_rules! expired {
    () => {
        "tenant_id = $1 and livemode = $2 and ($3 = 0 or product_id = $3)
          and state in ('active', 'expired') and $4 <> '' and expires_at < $5"
    };
}

// Keyset on (created_at, id), or an offset; what has expired is in the order of its end.
macro_rules! listed {
    () => {
        " and (created_at, id) < ($6, $7) order by created_at desc, id desc limit $8 offset $9"
    };
}
macro_rules! listed_by_end {
    () => {
        " and (expires_at, id) < ($6, $7) order by expires_at desc, id desc limit $8 offset $9"
    };
}

// What a search finds is read from its own index first, whole: the list's index would lead through
// all licences of the tenant. `cross join` keeps SQLite from turning the two around.
macro_rules! found_by_email {
    ($from:literal, $below:literal) => {
        concat!(
            "with found (found_id) as materialized (select id from licenses
            where tenant_id = $1 and livemode = $2 and email_key >= ",
            $from,
            " and email_key < ",
            $below,
            ") "
        )
    };
}
macro_rules! found_by_last_four {
    ($last_four:literal) => {
        concat!(
            "with found (found_id) as materialized (select id from licenses
            where tenant_id = $1 and last_four = ",
            $last_four,
            ") "
        )
    };
}
pub(crate) use {expired, filtered, found_by_email, found_by_last_four, held, of_product};

macro_rules! from_found {
    () => {
        concat!(
            " from found cross join licenses where id = found_id and ",
            filtered!()
        )
    };
}

const LIST: &str = concat!(
    "select ",
    columns!(),
    " from licenses where ",
    filtered!(),
    listed!()
);
const LIST_OF_PRODUCT: &str = concat!(
    "select ",
    columns!(),
    " from licenses where ",
    of_product!(),
    listed!()
);
const LIST_HELD: &str = concat!(
    "select ",
    columns!(),
    " from licenses where ",
    held!(),
    listed!()
);
const LIST_EXPIRED: &str = concat!(
    "select ",
    columns!(),
    " from licenses where ",
    expired!(),
    listed_by_end!()
);
const LIST_BY_EMAIL: &str = concat!(
    found_by_email!("$10", "$11"),
    "select ",
    columns!(),
    from_found!(),
    listed!()
);
const EXPIRED_BY_EMAIL: &str = concat!(
    found_by_email!("$10", "$11"),
    "select ",
    columns!(),
    from_found!(),
    listed_by_end!()
);
const LIST_BY_LAST_FOUR: &str = concat!(
    found_by_last_four!("$10"),
    "select ",
    columns!(),
    from_found!(),
    listed!()
);
const EXPIRED_BY_LAST_FOUR: &str = concat!(
    found_by_last_four!("$10"),
    "select ",
    columns!(),
    from_found!(),
    listed_by_end!()
);
const COUNT: &str = concat!(
    "select count(*) from (select id from licenses where ",
    filtered!(),
    " limit $6) as counted"
);
const COUNT_OF_PRODUCT: &str = concat!(
    "select count(*) from (select id from licenses where ",
    of_product!(),
    " limit $6) as counted"
);
const COUNT_HELD: &str = concat!(
    "select count(*) from (select id from licenses where ",
    held!(),
    " limit $6) as counted"
);
const COUNT_EXPIRED: &str = concat!(
    "select count(*) from (select id from licenses where ",
    expired!(),
    " limit $6) as counted"
);
const COUNT_BY_EMAIL: &str = concat!(
    found_by_email!("$7", "$8"),
    "select count(*) from (select id",
    from_found!(),
    " limit $6) as counted"
);
const COUNT_BY_LAST_FOUR: &str = concat!(
    found_by_last_four!("$7"),
    "select count(*) from (select id",
    from_found!(),
    " limit $6) as counted"
);

/// What people search for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LicenseSearch {
    /// Nothing: all licences.
    #[default]
    All,
    /// A holder's folded address, whole.
    Email(String),
    /// How a holder's folded address begins.
    EmailBeginning(String),
    /// Last four characters of the key.
    LastFour(String),
}

impl LicenseSearch {
    /// What is searched for as the statements take it: of addresses where they begin and where
    /// they have ended, of the last four themselves.
    pub(crate) fn keys(&self) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            // No address holds a control character, so nothing lies between it and this end.
            Self::Email(key) => vec![key.clone(), format!("{key}\u{1}")],
            // The greatest of all characters, which no address holds.
            Self::EmailBeginning(key) => vec![key.clone(), format!("{key}\u{10ffff}")],
            Self::LastFour(last_four) => vec![last_four.clone()],
        }
    }
}

/// Which licences are wanted, newest first; expired ones by their end, the latest first.
#[derive(Debug, Clone)]
pub struct LicenseFilter {
    /// Test or live.
    pub livemode: bool,
    /// A product's id, or 0 for all.
    pub product_id: i32,
    /// A state as of `now`, or empty for all.
    pub state: String,
    /// Unix milliseconds: what ended before counts as expired.
    pub now: i64,
    /// What people search for.
    pub search: LicenseSearch,
    /// Only what comes after this place in the list.
    pub after: Option<(i64, LicenseId)>,
    /// Rows to pass over.
    pub offset: i64,
    /// Rows wanted at most.
    pub limit: i64,
}

impl LicenseFilter {
    /// The place of a row in this list, for `after`.
    pub fn place(&self, row: &License) -> (i64, LicenseId) {
        let at = if self.is_by_end() {
            row.expires_at
        } else {
            row.created_at
        };
        (at, row.id)
    }

    pub(crate) fn is_by_end(&self) -> bool {
        self.state == "expired"
    }

    pub(crate) fn is_held(&self) -> bool {
        matches!(self.state.as_str(), "suspended" | "revoked")
    }

    fn list(&self) -> &'static str {
        match (&self.search, self.is_by_end()) {
            (LicenseSearch::All, true) => LIST_EXPIRED,
            (LicenseSearch::All, false) if self.is_held() => LIST_HELD,
            (LicenseSearch::All, false) if self.product_id != 0 => LIST_OF_PRODUCT,
            (LicenseSearch::All, false) => LIST,
            (LicenseSearch::LastFour(_), true) => EXPIRED_BY_LAST_FOUR,
            (LicenseSearch::LastFour(_), false) => LIST_BY_LAST_FOUR,
            (LicenseSearch::Email(_) | LicenseSearch::EmailBeginning(_), true) => EXPIRED_BY_EMAIL,
            (LicenseSearch::Email(_) | LicenseSearch::EmailBeginning(_), false) => LIST_BY_EMAIL,
        }
    }

    fn count(&self) -> &'static str {
        match &self.search {
            LicenseSearch::All if self.is_by_end() => COUNT_EXPIRED,
            LicenseSearch::All if self.is_held() => COUNT_HELD,
            LicenseSearch::All if self.product_id != 0 => COUNT_OF_PRODUCT,
            LicenseSearch::All => COUNT,
            LicenseSearch::Email(_) | LicenseSearch::EmailBeginning(_) => COUNT_BY_EMAIL,
            LicenseSearch::LastFour(_) => COUNT_BY_LAST_FOUR,
        }
    }
}

/// Licences by filter.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &LicenseFilter) -> Result<Vec<License>> {
    let (at, id) = f
        .after
        .map_or((i64::MAX, Uuid::max()), |(at, id)| (at, id.get()));
    Ok(on!(conn, c => {
        let mut query = sqlx::query_as(f.list()).bind(tenant.get()).bind(f.livemode)
            .bind(f.product_id).bind(&f.state).bind(f.now).bind(at).bind(id).bind(f.limit).bind(f.offset);
        for key in f.search.keys() {
            query = query.bind(key);
        }
        query.fetch_all(c).await?
    }))
}

/// How many licences a filter finds, counted up to `most`; its place, offset and limit do not matter.
pub async fn count(conn: &mut Conn, tenant: TenantId, f: &LicenseFilter, most: i64) -> Result<i64> {
    Ok(on!(conn, c => {
        let mut query = sqlx::query_scalar(f.count()).bind(tenant.get()).bind(f.livemode)
            .bind(f.product_id).bind(&f.state).bind(f.now).bind(most);
        for key in f.search.keys() {
            query = query.bind(key);
        }
        query.fetch_one(c).await?
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Connection as _;

    #[tokio::test]
    async fn a_search_or_a_filter_reads_its_own_index() {
        let directory = tempfile::tempdir().expect("a directory for the database");
        let file = directory.path().join("test.db");
        let url = format!("sqlite://{}", file.display());
        let db = crate::Db::open(&url).await.expect("the database opens");
        db.migrate().await.expect("the migrations apply");
        db.close().await;
        let mut conn = sqlx::SqliteConnection::connect(&url)
            .await
            .expect("connects");
        for (statement, index) in [
            (LIST, "licenses_by_created"),
            (LIST_OF_PRODUCT, "licenses_by_product_created"),
            (COUNT_OF_PRODUCT, "licenses_by_product"),
            (LIST_HELD, "licenses_held"),
            (COUNT_HELD, "licenses_held"),
            (LIST_EXPIRED, "licenses_by_expiry"),
            (COUNT_EXPIRED, "licenses_by_expiry"),
            (EXPIRED_BY_EMAIL, "licenses_by_email"),
            (LIST_BY_EMAIL, "licenses_by_email"),
            (COUNT_BY_EMAIL, "licenses_by_email"),
            (LIST_BY_LAST_FOUR, "licenses_by_last_four"),
            (COUNT_BY_LAST_FOUR, "licenses_by_last_four"),
        ] {
            let explain = format!("explain query plan {statement}");
            let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(explain))
                .fetch_all(&mut conn)
                .await
                .expect("is explained");
            let reads = plan.iter().find(|(.., step)| step.contains("licenses"));
            let (.., step) = reads.expect("reads licences");
            assert!(step.contains(index), "{step}");
        }
    }
}
