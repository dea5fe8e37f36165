//! The change log of a tenant, or of one thing in it.

use domain::ids::ChangeId;
use store::changes;

use crate::Engine;
use crate::actor::Actor;
use crate::audit::view::{self, ChangeView};
use crate::error::Result;
use crate::page::rows_to_fetch;

/// A page of the log, newest first.
pub struct ChangePage {
    /// What is on it.
    pub items: Vec<ChangeView>,
    /// The next page begins before this line; `None` on the last one.
    pub before: Option<ChangeId>,
}

impl ChangePage {
    /// Cuts the row too many off and says where the next page begins.
    pub(crate) fn cut(mut items: Vec<ChangeView>, limit: i64) -> Self {
        let size = usize::try_from(rows_to_fetch(limit) - 1).unwrap_or(1);
        let has_more = items.len() > size;
        items.truncate(size);
        let before = items.last().filter(|_| has_more).map(|change| change.id);
        Self { items, before }
    }
}

/// The lines before `before`, 1..=200 of them.
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
