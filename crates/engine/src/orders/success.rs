//! What a buyer sees after paying. Whoever has the checkout session's id is not signed in.
//!
//! The keys are shown for 60 minutes after payment; later the page only says where they were sent.

use domain::activation_key::ActivationKey;
use domain::ids::{OrderId, ProductId, TenantId};
use domain::mail_state::MailState;
use domain::purchase;
use domain::timestamp::Timestamp;
use store::orders::{self, Order};
use store::{Conn, licenses, mails, products};

use crate::Engine;
use crate::error::Result;
use crate::keys::data_keys::DataKeys;
use crate::orders::facts::SESSION;
use crate::orders::purchase_mail::PURCHASE;

/// Minutes after payment in which the keys are shown.
const SHOWN_MINUTES: i64 = 60;

/// What there is to say to the buyer. It may hold keys in clear: there is no `Debug`.
pub enum Success {
    /// The payment has not arrived yet; ask again in a few seconds.
    Waiting {
        /// Whose sale it is.
        tenant: TenantId,
    },
    /// The keys.
    Ready {
        /// Name of the product.
        product: String,
        /// All keys of the order, in their places.
        keys: Vec<ActivationKey>,
        /// Where they are sent, for example `m…@example.com`; `None` while no address is known.
        email_masked: Option<String>,
        /// How far the mail with them came; `None` where there is none.
        mail_state: Option<MailState>,
    },
    /// The keys were shown long enough.
    Later {
        /// Where they were sent.
        email_masked: Option<String>,
    },
    /// The payment failed; nothing was charged.
    Failed,
    /// Paid, but a person must look at it first.
    Review,
    /// Nobody knows this session.
    Unknown,
}

/// What became of the purchase of this checkout session (`cs_…`).
pub async fn execute(engine: &Engine, session_id: &str) -> Result<Success> {
    if !purchase::is_stripe_id(session_id) {
        return Ok(Success::Unknown);
    }
    let mut conn = engine.read().await?;
    let Some(order) = find_order(&mut conn, session_id).await? else {
        return Ok(Success::Unknown);
    };
    match order.state.as_str() {
        "issued" => issued(engine, &mut conn, &order).await,
        "failed" => Ok(Success::Failed),
        "review" | "dismissed" => Ok(Success::Review),
        _ => Ok(Success::Waiting {
            tenant: order.tenant_id,
        }),
    }
}

/// The order of a session. Where several tenants say that it is theirs, it is the one's whose page we made;
/// where none of them had us make it they could read each other's keys, so then nobody does.
async fn find_order(conn: &mut Conn, session_id: &str) -> Result<Option<Order>> {
    let known = orders::find_by_session(conn, session_id).await?;
    let is_disputed = known.len() > 1;
    let mut found = Vec::new();
    for (tenant, id) in known {
        let Some(order) = orders::find(conn, tenant, id).await? else {
            continue;
        };
        if !is_disputed || is_page_of_ours(conn, &order).await? {
            found.push(order);
        }
    }
    Ok(found.pop().filter(|_| found.is_empty()))
}

/// True where we made the one session that the order has. An order with a quote may be told a second one,
/// by whoever signs its tenant's events: then neither is believed.
async fn is_page_of_ours(conn: &mut Conn, order: &Order) -> Result<bool> {
    if order.quote_minor.is_none() {
        return Ok(false);
    }
    let facts = orders::facts(conn, order.tenant_id, order.id).await?;
    Ok(facts.iter().filter(|fact| fact.kind == SESSION).count() == 1)
}

async fn issued(engine: &Engine, conn: &mut Conn, order: &Order) -> Result<Success> {
    let email_masked = mask(&order.email);
    let paid_at = order
        .paid_at
        .or(order.issued_at)
        .unwrap_or(order.created_at);
    let shown_until = Timestamp::from_millis(paid_at).plus_minutes(SHOWN_MINUTES);
    if engine.now() > shown_until {
        return Ok(Success::Later { email_masked });
    }
    let product = match order.product_id.map(ProductId::from) {
        Some(id) => products::find(conn, order.tenant_id, id).await?,
        None => None,
    };
    Ok(Success::Ready {
        product: product.map(|product| product.name).unwrap_or_default(),
        keys: keys(engine, conn, order.tenant_id, order.id).await?,
        mail_state: mail_state(conn, order).await?,
        email_masked,
    })
}

async fn keys(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    order: OrderId,
) -> Result<Vec<ActivationKey>> {
    let data_keys = DataKeys::load(engine, conn, tenant).await?;
    licenses::list_by_order(conn, tenant, order)
        .await?
        .iter()
        .map(|row| data_keys.open_activation_key(&row.id.to_string(), &row.key_sealed))
        .collect()
}

/// The state of the latest mail with the keys.
async fn mail_state(conn: &mut Conn, order: &Order) -> Result<Option<MailState>> {
    let mails = mails::list_by_order(conn, order.tenant_id, order.id).await?;
    let latest = mails.iter().rev().find(|mail| mail.kind == PURCHASE);
    Ok(latest.and_then(|mail| mail.state.parse().ok()))
}

/// `m…@example.com`: enough for the buyer to know which address, too little to write to it.
fn mask(email: &str) -> Option<String> {
    let first = email.chars().next()?;
    let domain = email.rsplit_once('@').map_or("…", |(_, domain)| domain);
    Some(format!("{first}…@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_keeps_its_first_letter_and_its_domain() {
        assert_eq!(mask("maria@example.com").as_deref(), Some("m…@example.com"));
        assert_eq!(mask("m@example.com").as_deref(), Some("m…@example.com"));
        assert_eq!(mask("Ärla@exämple.com").as_deref(), Some("Ä…@exämple.com"));
        assert_eq!(mask(""), None);
    }
}
