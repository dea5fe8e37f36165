//! Licences by filter and by what people type into the search field, newest first.

use domain::activation_key::ActivationKey;
use domain::folding::email_key;
use domain::ids::{LicenseId, ProductId};
use domain::license_state::LicenseState;
use domain::timestamp::Timestamp;
use store::Conn;
use store::licenses::{self, License, LicenseFilter};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;
use crate::licenses::view::{self, LicenseView};
use crate::page::{self, PAGE_SIZE_MAX, Page, Place};

/// The most licences that are counted one by one.
pub const COUNTED_MAX: i64 = 10_000;
/// The most licences that one unpaged list has.
pub const LIST_MAX: i64 = 1_000;

/// Which licences are wanted.
#[derive(Clone)]
pub struct LicenseQuery {
    /// Test or live.
    pub livemode: bool,
    /// One product, or all.
    pub product_id: Option<ProductId>,
    /// A state as of now, or all.
    pub state: Option<LicenseState>,
    /// A whole key in any pasting, its last four characters, or a holder's whole address.
    pub search: String,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of licences. A whole key finds its licence on either side, test or live, because it can
/// mean no other; a text that is none of the three is refused beside `search`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    query: &LicenseQuery,
) -> Result<Page<LicenseView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let filter = match Search::parse(&query.search)? {
        Search::Key(key) => {
            let found = by_key(engine, &mut conn, actor, &key).await?;
            let items = view::open(engine, &mut conn, actor.tenant(), found.as_slice()).await?;
            return Ok(Page { items, after: None });
        }
        Search::LastFour(last_four) => LicenseFilter {
            last_four,
            ..filter(engine, query)
        },
        Search::Email(email_key) => LicenseFilter {
            email_key,
            ..filter(engine, query)
        },
        Search::All => filter(engine, query),
    };
    let rows = licenses::list(&mut conn, actor.tenant(), &filter).await?;
    let page = page::cut(rows, query.limit, |row| {
        Place::of(Timestamp::from_millis(row.created_at), row.id.get())
    });
    Ok(Page {
        items: view::open(engine, &mut conn, actor.tenant(), &page.items).await?,
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

/// Page `number` (from 1) of `query.limit` rows; `query.after` is not looked at, and a whole key is
/// not searched for. Pages beyond the first 10,000 rows are refused: `after` leads there.
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
    let wanted = LicenseFilter {
        offset: (number - 1) * size,
        limit: size,
        after: None,
        ..exact(engine, query)?
    };
    let mut conn = engine.read().await?;
    let tenant = actor.tenant();
    let rows = licenses::list(&mut conn, tenant, &wanted).await?;
    let count = licenses::count(&mut conn, tenant, &wanted, COUNTED_MAX + 1).await?;
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
    let wanted = LicenseFilter {
        limit: LIST_MAX + 1,
        after: None,
        ..exact(engine, query)?
    };
    let mut conn = engine.read().await?;
    let mut rows = licenses::list(&mut conn, actor.tenant(), &wanted).await?;
    let kept = usize::try_from(LIST_MAX).unwrap_or(usize::MAX);
    let is_truncated = rows.len() > kept;
    rows.truncate(kept);
    let views = view::open(engine, &mut conn, actor.tenant(), &rows).await?;
    Ok((views, is_truncated))
}

pub(super) async fn by_key(
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

fn exact(engine: &Engine, query: &LicenseQuery) -> Result<LicenseFilter> {
    let filter = filter(engine, query);
    Ok(match Search::parse(&query.search)? {
        Search::All => filter,
        Search::LastFour(last_four) => LicenseFilter {
            last_four,
            ..filter
        },
        Search::Email(email_key) => LicenseFilter {
            email_key,
            ..filter
        },
        Search::Key(_) => return Err(Error::field("search", "Ask for one key by its own path.")),
    })
}

fn filter(engine: &Engine, query: &LicenseQuery) -> LicenseFilter {
    LicenseFilter {
        livemode: query.livemode,
        product_id: query.product_id.map_or(0, ProductId::get),
        email_key: String::new(),
        state: query.state.map_or("", LicenseState::as_str).to_owned(),
        // A licence's last second is valid, whole.
        now: Timestamp::from_unix_seconds(engine.now().unix_seconds()).millis(),
        last_four: String::new(),
        after: query.after.map(Place::row::<LicenseId>),
        offset: 0,
        limit: page::rows_to_fetch(query.limit),
    }
}

/// What a search text means.
enum Search {
    All,
    Key(ActivationKey),
    LastFour(String),
    Email(String),
}

impl Search {
    fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::All);
        }
        if text.contains('@') {
            return Ok(Self::Email(email_key(text)));
        }
        if let Some(key) = ActivationKey::parse(text) {
            return Ok(Self::Key(key));
        }
        // Four characters are read as forgivingly as the end of a key.
        if let Some(key) = ActivationKey::parse(&format!("000000000000{text}")) {
            return Ok(Self::LastFour(key.last_four().to_owned()));
        }
        Err(Error::field(
            "search",
            "Search for a whole key, its last four characters, or a whole e-mail address.",
        ))
    }
}
