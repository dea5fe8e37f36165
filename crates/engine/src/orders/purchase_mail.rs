//! The purchase mail: queued once per order, as soon as there are keys and an address.

use domain::ids::{JobId, MailId, ProductId, TenantId};
use serde_json::json;
use store::jobs::{self, NewJob};
use store::mails::{self, Mail};
use store::orders::Order;
use store::products::Product;
use store::{Tx, products};

use crate::Engine;
use crate::error::Result;
use crate::jobs::DELIVER_MAIL;

/// The mail with the keys.
pub(crate) const PURCHASE: &str = "purchase";
/// The mail that says that a payment failed.
pub(crate) const PAYMENT_FAILED: &str = "payment_failed";

/// Queues the mail with the keys; false where it is queued already, has no address yet,
/// or the product sends none.
pub(crate) async fn queue_once(engine: &Engine, tx: &mut Tx, order: &Order) -> Result<bool> {
    queue(engine, tx, order, PURCHASE).await
}

/// Queues an order's mail of one kind, if it has none of that kind yet; see [`queue_first`].
pub(crate) async fn queue(
    engine: &Engine,
    tx: &mut Tx,
    order: &Order,
    kind: &'static str,
) -> Result<bool> {
    if order.email.is_empty() {
        return Ok(false);
    }
    let place = (order.id, kind);
    if mails::last_ordinal(tx, order.tenant_id, place)
        .await?
        .is_some()
    {
        return Ok(false);
    }
    let product = match order.product_id {
        Some(id) => products::find(tx, order.tenant_id, ProductId::from(id)).await?,
        None => None,
    };
    Ok(queue_first(engine, tx, (order, product.as_ref()), kind))
}

/// Queues an order's first mail of a kind; false where it has no address yet, or the product sends none.
pub(crate) fn queue_first(
    engine: &Engine,
    tx: &mut Tx,
    (order, product): (&Order, Option<&Product>),
    kind: &'static str,
) -> bool {
    let sends = product.is_none_or(|product| product.send_purchase_email);
    if order.email.is_empty() || (kind == PURCHASE && !sends) {
        return false;
    }
    let version = product.map_or(0, |product| product.template_version);
    let mail = new_mail(engine, order, (kind, 0), version);
    mails::insert(tx, order.tenant_id, &mail);
    enqueue_new(engine, tx, order.tenant_id, mail.id);
    true
}

/// A mail of an order, not yet written.
pub(crate) fn new_mail(
    engine: &Engine,
    order: &Order,
    (kind, ordinal): (&str, i32),
    template_version: i32,
) -> Mail {
    let id: MailId = engine.new_id();
    Mail {
        id,
        livemode: order.livemode,
        order_id: Some(order.id.get()),
        product_id: order.product_id,
        kind: kind.into(),
        ordinal,
        recipient: order.email.clone(),
        template_version,
        message_id: message_id(engine, id),
        state: "queued".into(),
        attempts: 0,
        last_answer: String::new(),
        created_at: engine.now().millis(),
        sent_at: None,
        ticket_id: None,
        license_id: None,
    }
}

/// A Message-ID (RFC 5322, 3.6.4) from the mail's own id and the server's host.
pub(crate) fn message_id(engine: &Engine, id: MailId) -> String {
    let host = engine
        .public_url()
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split(['/', ':']).next())
        .filter(|host| !host.is_empty())
        .unwrap_or("localhost");
    format!("<{id}@{host}>")
}

/// Queues the worker's turn at a mail; false where it has one already.
pub(crate) async fn enqueue(
    engine: &Engine,
    tx: &mut Tx,
    tenant: TenantId,
    mail: MailId,
) -> Result<bool> {
    let (unique_key, payload) = job_texts(mail);
    let job = new_job(engine, tenant, (&unique_key, &payload));
    Ok(jobs::insert(tx, &job).await?)
}

/// Queues the worker's turn at a mail that is written in the same transaction.
pub(crate) fn enqueue_new(engine: &Engine, tx: &mut Tx, tenant: TenantId, mail: MailId) {
    let (unique_key, payload) = job_texts(mail);
    jobs::add(tx, &new_job(engine, tenant, (&unique_key, &payload)));
}

fn job_texts(mail: MailId) -> (String, String) {
    (
        format!("{DELIVER_MAIL}:{mail}"),
        json!({ "mailId": mail }).to_string(),
    )
}

fn new_job<'a>(
    engine: &Engine,
    tenant: TenantId,
    (unique_key, payload): (&'a str, &'a str),
) -> NewJob<'a> {
    let now = engine.now().millis();
    NewJob {
        id: engine.new_id::<JobId>(),
        tenant_id: tenant,
        kind: DELIVER_MAIL,
        unique_key,
        payload,
        run_at: now,
        now,
    }
}
