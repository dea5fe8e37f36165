//! The change log of a tenant, or of one thing in it.

use domain::ids::ChangeId;
use domain::list_order::LogOrder;
use domain::timestamp::Timestamp;
use store::Conn;
use store::change_search::{self, ChangeFilter};
use store::changes;

use crate::Engine;
use crate::actor::Actor;
use crate::audit::view::{self, ChangeView};
use crate::error::{Error, Result};
use crate::page::rows_to_fetch;

/// Lines that one narrowed page looks at.
const LOOKED_AT: i64 = 20_000;

/// A page of the log, newest first where nothing else is said.
pub struct ChangePage {
    /// What is on it.
    pub items: Vec<ChangeView>,
    /// The next page begins after this line, in the order of the page; `None` on the last one.
    pub after: Option<ChangeId>,
}

impl ChangePage {
    /// Cuts the row too many off and says where the next page begins.
    pub(crate) fn cut(mut items: Vec<ChangeView>, limit: i64) -> Self {
        let size = usize::try_from(rows_to_fetch(limit) - 1).unwrap_or(1);
        let has_more = items.len() > size;
        items.truncate(size);
        let after = items.last().filter(|_| has_more).map(|change| change.id);
        Self { items, after }
    }
}

/// The lines before `before`, newest first, 1..=200 of them.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    before: Option<ChangeId>,
    limit: i64,
) -> Result<ChangePage> {
    actor.may_read()?;
    let rows = rows_to_fetch(limit);
    let cursor = before.map_or(i64::MAX, ChangeId::get);
    let mut conn = engine.read().await?;
    let items = changes::list(&mut conn, actor.tenant(), (cursor, rows))
        .await?
        .into_iter()
        .map(view::of)
        .collect();
    Ok(ChangePage::cut(items, limit))
}

/// Which lines of the log are wanted; an empty text does not narrow.
#[derive(Debug, Clone, Default)]
pub struct ChangeQuery {
    /// How the name of whoever did it begins: a person's address, a token's or an app's name.
    pub actor: String,
    /// What was done, for example `issued`.
    pub verb: String,
    /// What kind of thing it was done to, for example `license`.
    pub subject_kind: String,
    /// Id of the one thing of that kind.
    pub subject_id: String,
    /// Only lines of this time and later.
    pub from: Option<Timestamp>,
    /// Only lines of this time and earlier.
    pub to: Option<Timestamp>,
    /// In which order.
    pub order: LogOrder,
    /// Only lines that come after this one in that order.
    pub after: Option<ChangeId>,
    /// 1..=200.
    pub limit: i64,
}

/// The lines that a query finds. A narrowed page looks at 20,000 lines: it may be short and go on.
pub async fn search(engine: &Engine, actor: &Actor, query: &ChangeQuery) -> Result<ChangePage> {
    actor.may_read()?;
    let is_narrow = is_narrow(query)?;
    if !is_narrow && query.order == LogOrder::Newest {
        return execute(engine, actor, query.after, query.limit).await;
    }
    let limit = rows_to_fetch(query.limit);
    let mut conn = engine.read().await?;
    let Some((since, before)) = lines(&mut conn, actor, query).await? else {
        return Ok(ChangePage {
            items: Vec::new(),
            after: None,
        });
    };
    let filter = ChangeFilter {
        actor: query.actor.trim().to_owned(),
        verb: query.verb.trim().to_owned(),
        subject_kind: query.subject_kind.trim().to_owned(),
        subject_id: query.subject_id.trim().to_owned(),
        order: query.order,
        since,
        before,
        looked_at: if is_narrow { LOOKED_AT } else { limit },
        limit,
    };
    let rows = change_search::list(&mut conn, actor.tenant(), &filter).await?;
    let mut page = ChangePage::cut(rows.into_iter().map(view::of).collect(), query.limit);
    if page.after.is_none() {
        let until = change_search::looked_until(&mut conn, actor.tenant(), &filter).await?;
        page.after = until.map(ChangeId::from);
    }
    Ok(page)
}

/// False where all lines are wanted.
fn is_narrow(query: &ChangeQuery) -> Result<bool> {
    let ChangeQuery {
        actor,
        verb,
        subject_kind,
        subject_id,
        ..
    } = query;
    let texts = [actor, verb, subject_kind, subject_id].map(|text| text.trim());
    if texts.iter().any(|text| text.contains('\0')) {
        return Err(Error::field("actor", "Take the NUL character out."));
    }
    let [.., kind, id] = texts;
    if !id.is_empty() && kind.is_empty() {
        let advice = "Say what kind of thing has this id.";
        return Err(Error::field("subjectKind", advice));
    }
    let has_times = query.from.is_some() || query.to.is_some();
    Ok(has_times || texts.iter().any(|text| !text.is_empty()))
}

/// The first line that the place and the times of a query leave, and the line behind the last; `None` where they
/// leave none.
async fn lines(conn: &mut Conn, actor: &Actor, query: &ChangeQuery) -> Result<Option<(i64, i64)>> {
    let (mut since, mut before) = match (query.after, query.order) {
        (None, _) => (0, i64::MAX),
        (Some(line), LogOrder::Newest) => (0, line.get()),
        (Some(line), LogOrder::Oldest) => (line.get().saturating_add(1), i64::MAX),
    };
    if let Some(from) = query.from {
        let first = change_search::first_since(conn, actor.tenant(), from.millis()).await?;
        let Some(first) = first else {
            return Ok(None);
        };
        since = since.max(first);
    }
    if let Some(to) = query.to {
        let last = change_search::last_until(conn, actor.tenant(), to.millis() + 1).await?;
        let Some(last) = last else {
            return Ok(None);
        };
        before = before.min(last + 1);
    }
    Ok(Some((since, before)))
}

/// What happened to one thing, newest first, at most 1,000 lines. A thing of another tenant has no
/// lines here. Kinds: `license`, `product`, `plan`, `stripe_app`, `order`, `mail`, `access_token` …
pub async fn by_subject(
    engine: &Engine,
    actor: &Actor,
    subject: (&str, &str),
) -> Result<Vec<ChangeView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    view::of_subject(&mut conn, actor, subject).await
}

/// What happened to all things of some kinds, newest first, at most `limit` lines; not who signed in
/// and out.
pub async fn by_kinds(
    engine: &Engine,
    actor: &Actor,
    kinds: &[&str],
    limit: usize,
) -> Result<Vec<ChangeView>> {
    actor.may_read()?;
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut conn = engine.read().await?;
    let mut all = Vec::new();
    for kind in kinds {
        all.extend(changes::list_by_kind(&mut conn, actor.tenant(), kind, rows).await?);
    }
    all.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    all.truncate(limit);
    Ok(all.into_iter().map(view::of).collect())
}
