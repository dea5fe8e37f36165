//! A page of licences in an order of its own. A place is a licence: what it is sorted by is looked up where the
//! page begins, so that no address stands in a place.

use domain::folding::name_key;
use domain::ids::{LicenseId, ProductId};
use domain::license_order::{LicenseOrder, SortedBy};
use domain::timestamp::Timestamp;
use store::license_list::{self, LicenseFilter, LicenseSearch};
use store::license_order::{self, LicenseKey, OrderedFilter};
use store::licenses::{self, License};
use store::{Conn, products};

use super::list::{self, LicenseQuery};
use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::page::{self, Page, Place, UnknownPlace};

/// Up to so many rows that a filter finds are read and sorted; of more, the order's index meets enough on its way.
const FEW: i64 = 2_000;

/// The page that `query.after` names.
pub(super) async fn page(
    engine: &Engine,
    conn: &mut Conn,
    actor: &Actor,
    (query, order): (&LicenseQuery, LicenseOrder),
) -> Result<Page<License>> {
    let filters = list::filters(engine, query, page::rows_to_fetch(query.limit))?;
    let start = match query.after {
        Some(place) => Some(start(conn, actor, place).await?),
        None => None,
    };
    let way = Way {
        order,
        start: start.as_ref(),
    };
    let key = match order.sorted_by() {
        SortedBy::Created => LicenseKey::Created,
        SortedBy::Expires => LicenseKey::Expires,
        SortedBy::Email => LicenseKey::Email,
        SortedBy::Product => {
            let rows = by_product(conn, actor, &way, filters).await?;
            return Ok(page::cut(rows, query.limit, place));
        }
    };
    let rows = by_key(conn, actor, (&way, key), &filters).await?;
    Ok(page::cut(rows, query.limit, place))
}

/// The order, and the licence after which the page begins.
struct Way<'a> {
    order: LicenseOrder,
    start: Option<&'a License>,
}

fn place(row: &License) -> Place {
    Place::of(Timestamp::from_millis(row.created_at), row.id.get())
}

async fn start(conn: &mut Conn, actor: &Actor, place: Place) -> Result<License> {
    let (_, id) = place.row::<LicenseId>();
    let found = licenses::find(conn, actor.tenant(), id).await?;
    found.ok_or_else(|| Error::field("after", UnknownPlace.to_string()))
}

async fn by_key(
    conn: &mut Conn,
    actor: &Actor,
    (way, key): (&Way<'_>, LicenseKey),
    filters: &[LicenseFilter],
) -> Result<Vec<License>> {
    let mut rows = Vec::new();
    for filter in filters {
        let ordered = OrderedFilter {
            filter,
            key,
            is_falling: way.order.is_falling(),
            after: way.start,
            is_few: finds_few(conn, actor, filter).await?,
        };
        rows.extend(license_order::list(conn, actor.tenant(), &ordered).await?);
        rows.sort_by(|one, other| ordered.compare(one, other));
    }
    // What two meanings of a search found is one row.
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// Active ones are many.
async fn finds_few(conn: &mut Conn, actor: &Actor, filter: &LicenseFilter) -> Result<bool> {
    let is_narrow = filter.product_id != 0 || !matches!(filter.state.as_str(), "" | "active");
    if filter.search != LicenseSearch::All || !is_narrow {
        return Ok(false);
    }
    let count = license_list::count(conn, actor.tenant(), filter, FEW + 1).await?;
    Ok(count <= FEW)
}

/// Product by product in the order of their names, each in the list's own order, until the page is full.
async fn by_product(
    conn: &mut Conn,
    actor: &Actor,
    way: &Way<'_>,
    mut filters: Vec<LicenseFilter>,
) -> Result<Vec<License>> {
    let mut rows = Vec::new();
    let wanted = filters.first().map_or(0, |filter| filter.limit);
    let chosen = filters.first().map_or(0, |filter| filter.product_id);
    for product in products(conn, actor, way).await? {
        if chosen != 0 && chosen != product.get() {
            continue;
        }
        for filter in &mut filters {
            let start = way.start.filter(|row| row.product_id == product);
            filter.after = start.map(|row| filter.place(row));
            filter.product_id = product.get();
        }
        rows.extend(list::rows(conn, actor, &filters).await?);
        if i64::try_from(rows.len()).is_ok_and(|found| found >= wanted) {
            break;
        }
    }
    Ok(rows)
}

/// The products from the one where the page begins on.
async fn products(conn: &mut Conn, actor: &Actor, way: &Way<'_>) -> Result<Vec<ProductId>> {
    let mut all = products::names(conn, actor.tenant()).await?;
    all.sort_by_cached_key(|(id, name)| (name_key(name), *id));
    if way.order.is_falling() {
        all.reverse();
    }
    let mut ids: Vec<_> = all.into_iter().map(|(id, _)| id).collect();
    if let Some(row) = way.start {
        let first = ids.iter().position(|id| *id == row.product_id);
        ids.drain(..first.unwrap_or(0));
    }
    Ok(ids)
}
