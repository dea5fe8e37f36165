//! The outbox: mails by state, newest first.

use domain::ids::{MailId, TenantId};
use domain::mail_state::MailState;
use store::mails::{self, MailFilter};
use store::{Conn, products};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::mails::view::{self, MailView, ProductNames};
use crate::page::{self, Page, Place};

/// Which mails are wanted.
#[derive(Debug, Clone)]
pub struct MailQuery {
    /// Test or live.
    pub livemode: bool,
    /// One state, or all.
    pub state: Option<MailState>,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of the outbox.
pub async fn execute(engine: &Engine, actor: &Actor, query: &MailQuery) -> Result<Page<MailView>> {
    actor.may_read()?;
    let filter = MailFilter {
        livemode: query.livemode,
        state: query.state.map_or("", MailState::as_str).to_owned(),
        after: query.after.map(Place::row::<MailId>),
        limit: page::rows_to_fetch(query.limit),
    };
    let mut conn = engine.read().await?;
    let rows = mails::list(&mut conn, actor.tenant(), &filter).await?;
    let names = product_names(&mut conn, actor.tenant()).await?;
    let views: Result<Vec<_>> = rows.iter().map(|mail| view::of(mail, &names)).collect();
    Ok(page::cut(views?, query.limit, |mail| {
        Place::of(mail.created_at, mail.id.get())
    }))
}

pub(super) async fn product_names(conn: &mut Conn, tenant: TenantId) -> Result<ProductNames> {
    let names = products::names(conn, tenant).await?;
    Ok(names
        .into_iter()
        .map(|(id, name)| (id.get(), name))
        .collect())
}
