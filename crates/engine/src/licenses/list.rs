//! Licences by filter and by what people type into the search field, newest first; expired ones by their
//! end, the latest first. Other orders are in `ordered`.

use domain::activation_key::ActivationKey;
use domain::email_address;
use domain::folding::email_key;
use domain::ids::{LicenseId, ProductId};
use domain::license_order::LicenseOrder;
use domain::license_state::LicenseState;
use domain::list_order::LogOrder;
use domain::timestamp::Timestamp;
use store::Conn;
use store::license_list::{self, LicenseFilter, LicenseSearch};
use store::licenses::{self, License};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;
use crate::licenses::ordered;
use crate::licenses::view::{self, LicenseView};
use crate::page::{self, PAGE_SIZE_MAX, Page, Place};

/// The most licences that are counted one by one.
pub const COUNTED_MAX: i64 = 10_000;
/// The most licences that one unpaged list has.
pub const LIST_MAX: i64 = 1_000;

/// Which licences are wanted.
#[derive(Clone)]
pub struct LicenseQuery {
    /// Test or live, or both.
    pub livemode: Option<bool>,
    /// One product, or all.
    pub product_id: Option<ProductId>,
    /// A state as of now, or all.
    pub state: Option<LicenseState>,
    /// What is searched for.
    pub search: Search,
    /// In which order; absent, the newest first, and expired ones by their end, the latest first.
    pub order: Option<LicenseOrder>,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// What is searched for.
#[derive(Clone, Default)]
pub enum Search {
    /// Nothing: all licences.
    #[default]
    All,
    /// As typed into a search field: a whole key in any pasting, its last four characters, or how
    /// a holder's address begins.
    Typed(String),
    /// A holder's whole address.
    Email(String),
    /// How a holder's address begins.
    EmailBeginning(String),
    /// The last four symbols of a key.
    LastFour(String),
}

impl Search {
    /// False where it is for nothing, so that all licences are wanted.
    pub fn is_narrow(&self) -> bool {
        match self {
            Self::All => false,
            Self::Typed(text) => !text.trim().is_empty(),
            Self::Email(_) | Self::EmailBeginning(_) | Self::LastFour(_) => true,
        }
    }
}

/// A page of licences. A whole key finds its licence on either side, test or live, because it can
/// mean no other; a typed text that is none of the three is refused beside `search`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    query: &LicenseQuery,
) -> Result<Page<LicenseView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let tenant = actor.tenant();
    if let Meant::Key(key) = meant(&query.search)? {
        let found = by_key(engine, &mut conn, actor, &key).await?;
        let items = view::open(engine, &mut conn, tenant, found.as_slice()).await?;
        return Ok(Page { items, after: None });
    }
    let page = if let Some(order) = query.order {
        ordered::page(engine, &mut conn, actor, (query, order)).await?
    } else {
        let filters = filters(engine, query, page::rows_to_fetch(query.limit))?;
        let rows = rows(&mut conn, actor, &filters).await?;
        page::cut(rows, query.limit, place(&filters))
    };
    Ok(Page {
        items: view::open(engine, &mut conn, tenant, &page.items).await?,
        after: page.after,
    })
}

/// A page by its number, for callers that count pages.
pub struct NumberedPage {
    /// What is on it.
    pub items: Vec<LicenseView>,
    /// How many there are in all, counted up to [`COUNTED_MAX`].
    pub total: i64,
    /// There are more than were counted.
    pub total_is_lower_bound: bool,
}

/// Page `number` (from 1) of `query.limit` rows; `query.order` and `query.after` are not looked at, a whole key is not
/// searched for, and what two meanings of a typed search find is counted twice. Pages beyond the first 10,000 rows are refused: `after` leads there.
pub async fn numbered(
    engine: &Engine,
    actor: &Actor,
    query: &LicenseQuery,
    number: i64,
) -> Result<NumberedPage> {
    actor.may_read()?;
    let size = query.limit.clamp(1, PAGE_SIZE_MAX);
    if number < 1 || number.saturating_mul(size) > COUNTED_MAX {
        return Err(Error::field(
            "page",
            "Pages are counted up to 10,000 rows; read further with `after`.",
        ));
    }
    let mut conn = engine.read().await?;
    let tenant = actor.tenant();
    // Of two sides nobody knows beforehand whose rows a page has: read both up to its end.
    let mut wanted = filters(engine, query, number * size)?;
    let mut count = 0;
    for filter in &mut wanted {
        filter.after = None;
        count += license_list::count(&mut conn, tenant, filter, COUNTED_MAX + 1).await?;
    }
    let skipped = (number - 1) * size;
    let mut before = usize::try_from(skipped).unwrap_or(usize::MAX);
    if let [filter] = wanted.as_mut_slice() {
        (filter.offset, filter.limit) = (skipped, size);
        before = 0;
    }
    let mut rows = rows(&mut conn, actor, &wanted).await?;
    rows.drain(..before.min(rows.len()));
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    Ok(NumberedPage {
        items: view::open(engine, &mut conn, tenant, &rows).await?,
        total: count.min(COUNTED_MAX),
        total_is_lower_bound: count > COUNTED_MAX,
    })
}

/// The newest 1,000 of them, and whether there are more.
pub async fn newest(
    engine: &Engine,
    actor: &Actor,
    query: &LicenseQuery,
) -> Result<(Vec<LicenseView>, bool)> {
    actor.may_read()?;
    let mut wanted = filters(engine, query, LIST_MAX + 1)?;
    for filter in &mut wanted {
        filter.after = None;
    }
    let mut conn = engine.read().await?;
    let mut rows = rows(&mut conn, actor, &wanted).await?;
    let kept = usize::try_from(LIST_MAX).unwrap_or(usize::MAX);
    let is_truncated = rows.len() > kept;
    rows.truncate(kept);
    let views = view::open(engine, &mut conn, actor.tenant(), &rows).await?;
    Ok((views, is_truncated))
}

async fn by_key(
    engine: &Engine,
    conn: &mut Conn,
    actor: &Actor,
    key: &ActivationKey,
) -> Result<Option<License>> {
    let index = DataKeys::load(engine, conn, actor.tenant())
        .await?
        .index(key)?;
    Ok(licenses::find_by_index(conn, actor.tenant(), &index).await?)
}

/// What a query wants.
pub(super) enum Wanted {
    /// One licence, which may not be there.
    One(Option<Box<License>>),
    /// What any of these finds.
    Filters(Vec<LicenseFilter>),
}

/// The one licence or the filters that a query means, which take so many rows at a time.
pub(super) async fn wanted(
    engine: &Engine,
    actor: &Actor,
    query: &LicenseQuery,
    limit: i64,
) -> Result<Wanted> {
    let Meant::Key(key) = meant(&query.search)? else {
        return Ok(Wanted::Filters(filters(engine, query, limit)?));
    };
    let mut conn = engine.read().await?;
    let found = by_key(engine, &mut conn, actor, &key).await?;
    Ok(Wanted::One(found.map(Box::new)))
}

/// The rows of all filters in one order, newest first.
pub(super) async fn rows(
    conn: &mut Conn,
    actor: &Actor,
    filters: &[LicenseFilter],
) -> Result<Vec<License>> {
    let mut rows = Vec::new();
    for filter in filters {
        rows.extend(license_list::list(conn, actor.tenant(), filter).await?);
    }
    page::sort(&mut rows, LogOrder::Newest, place(filters));
    // What two meanings of a search found is one row.
    rows.dedup_by_key(|row| row.id);
    Ok(rows)
}

/// Where a row stands in the list; what is wanted of all sides and meanings is in the same order.
pub(super) fn place(filters: &[LicenseFilter]) -> impl Fn(&License) -> Place {
    move |row| {
        let by_creation = (row.created_at, row.id);
        let (at, id) = filters
            .first()
            .map_or(by_creation, |filter| filter.place(row));
        Place::of(Timestamp::from_millis(at), id.get())
    }
}

/// A filter for each side that is wanted, and for each meaning of what is searched for.
pub(super) fn filters(
    engine: &Engine,
    query: &LicenseQuery,
    limit: i64,
) -> Result<Vec<LicenseFilter>> {
    let Meant::Any(searches) = meant(&query.search)? else {
        return Err(Error::field("search", "Ask for one key by its own path."));
    };
    let filter = |livemode: bool, search: &LicenseSearch| LicenseFilter {
        livemode,
        product_id: query.product_id.map_or(0, ProductId::get),
        state: query.state.map_or("", LicenseState::as_str).to_owned(),
        // A licence's last second is valid, whole.
        now: Timestamp::from_unix_seconds(engine.now().unix_seconds()).millis(),
        search: search.clone(),
        after: query.after.map(Place::row::<LicenseId>),
        offset: 0,
        limit,
    };
    let sides = page::sides(query.livemode).iter();
    Ok(sides
        .flat_map(|livemode| searches.iter().map(|search| filter(*livemode, search)))
        .collect())
}

/// What a search means.
enum Meant {
    /// One key.
    Key(ActivationKey),
    /// What any of these finds.
    Any(Vec<LicenseSearch>),
}

fn meant(search: &Search) -> Result<Meant> {
    let text = match search {
        Search::Typed(text) => text.trim(),
        Search::All => "",
        Search::Email(text) => return Ok(one(LicenseSearch::Email(email_key(text)))),
        Search::EmailBeginning(text) => {
            return Ok(one(LicenseSearch::EmailBeginning(email_key(text))));
        }
        Search::LastFour(text) => return Ok(one(LicenseSearch::LastFour(text.clone()))),
    };
    if text.is_empty() {
        return Ok(one(LicenseSearch::All));
    }
    if let Some(key) = ActivationKey::parse(text) {
        return Ok(Meant::Key(key));
    }
    // Four characters are read as forgivingly as the end of a key; “anne” may be both.
    let last_four = ActivationKey::parse_last_four(text).map(LicenseSearch::LastFour);
    let searches: Vec<_> = last_four.into_iter().chain(beginning(text)).collect();
    if searches.is_empty() {
        let advice = "Search for a whole key, its last four characters, or an e-mail address from its beginning.";
        return Err(Error::field("search", advice));
    }
    Ok(Meant::Any(searches))
}

fn one(search: LicenseSearch) -> Meant {
    Meant::Any(vec![search])
}

/// How an address begins, where one may begin so.
fn beginning(text: &str) -> Option<LicenseSearch> {
    let key = email_key(text);
    let is_plausible = !key.is_empty()
        && key.len() <= email_address::WHOLE_MAX
        && !key.chars().any(|c| c.is_whitespace() || c.is_control());
    is_plausible.then_some(LicenseSearch::EmailBeginning(key))
}
