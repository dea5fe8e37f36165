//! The outbox: mails by state, the newest first or the oldest.

use domain::folding::email_key;
use domain::ids::{MailId, OrderId, TenantId};
use domain::list_order::LogOrder;
use domain::mail_state::MailState;
use domain::timestamp::Timestamp;
use store::mails::{self, Mail, MailFilter};
use store::{Conn, products};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::mails::view::{self, MailView, ProductNames};
use crate::page::{self, Page, Place};

/// Which mails are wanted.
#[derive(Debug, Clone)]
pub struct MailQuery {
    /// Test or live, or both.
    pub livemode: Option<bool>,
    /// One state, or all.
    pub state: Option<MailState>,
    /// How the recipient's address begins, as typed; empty for all.
    pub recipient: String,
    /// In which order.
    pub order: LogOrder,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of the outbox.
pub async fn execute(engine: &Engine, actor: &Actor, query: &MailQuery) -> Result<Page<MailView>> {
    actor.may_read()?;
    let recipient = email_key(page::typed(&query.recipient)?);
    let mut conn = engine.read().await?;
    let mut rows = Vec::new();
    for livemode in page::sides(query.livemode) {
        let filter = MailFilter {
            livemode: *livemode,
            state: query.state.map_or("", MailState::as_str).to_owned(),
            recipient: recipient.clone(),
            order: query.order,
            after: query.after.map(Place::row::<MailId>),
            limit: page::rows_to_fetch(query.limit),
        };
        rows.extend(mails::list(&mut conn, actor.tenant(), &filter).await?);
    }
    page::sort(&mut rows, query.order, place);
    let names = product_names(&mut conn, actor.tenant()).await?;
    let page = page::cut(rows, query.limit, place);
    let views: Result<Vec<_>> = page
        .items
        .iter()
        .map(|mail| view::of(mail, &names))
        .collect();
    Ok(Page {
        items: views?,
        after: page.after,
    })
}

/// All mails of an order, oldest first.
pub(crate) async fn of_order(
    conn: &mut Conn,
    tenant: TenantId,
    order: OrderId,
) -> Result<Vec<MailView>> {
    let mails = mails::list_by_order(conn, tenant, order).await?;
    let names = product_names(conn, tenant).await?;
    mails.iter().map(|mail| view::of(mail, &names)).collect()
}

fn place(mail: &Mail) -> Place {
    Place::of(Timestamp::from_millis(mail.created_at), mail.id.get())
}

pub(super) async fn product_names(conn: &mut Conn, tenant: TenantId) -> Result<ProductNames> {
    let names = products::names(conn, tenant).await?;
    Ok(names
        .into_iter()
        .map(|(id, name)| (id.get(), name))
        .collect())
}
