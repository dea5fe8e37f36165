//! Sending a licence's key again, alone, to its holder or to another address.

use domain::ids::{MailId, OrderId};
use domain::resend_form::ResendForm;
use serde_json::json;
use store::licenses::License;
use store::mails::{self, Mail};
use store::{Tx, products};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::licenses::view::LicenseView;
use crate::licenses::{given, hold};
use crate::orders::purchase_mail;
use crate::start_over;

/// Kind of the mail that brings one key.
pub(crate) const LICENSE: &str = "license";

/// Queues the mail; answers the licence. Field: `email`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    key: &str,
    form: &ResendForm,
) -> Result<LicenseView> {
    actor.may_send_keys()?;
    // Two people who send keys of one order at once draw the same number; the loser draws again.
    let attempt = || attempt(engine, actor, key, form);
    start_over::when_overtaken(attempt, "a mail could not be numbered").await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    key: &str,
    form: &ResendForm,
) -> Result<LicenseView> {
    let (mut tx, license) = given::lock(engine, actor.tenant(), key).await?;
    let recipient = form.parse()?.unwrap_or_else(|| license.email.clone());
    if recipient.is_empty() {
        let message = "This licence has no holder yet. Say where to send its key.";
        return Err(Error::field("email", message));
    }
    let mail = new_mail(engine, &mut tx, actor, (&license, recipient)).await?;
    mails::insert(&mut tx, actor.tenant(), &mail);
    purchase_mail::enqueue_new(engine, &mut tx, actor.tenant(), mail.id);
    let what = Change {
        subject: ("license", license.id.to_string()),
        verb: "resent",
        data: json!({ "mailId": mail.id }),
        livemode: license.livemode,
    };
    change::write(&mut tx, actor, engine.now(), what);
    let view = hold::show(engine, tx, actor, &license).await?;
    engine.wake_worker();
    Ok(view)
}

async fn new_mail(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    (license, recipient): (&License, String),
) -> Result<Mail> {
    let product = products::find(tx, actor.tenant(), license.product_id).await?;
    let last = match license.order_id.map(OrderId::from) {
        Some(order) => mails::last_ordinal(tx, actor.tenant(), (order, LICENSE)).await?,
        None => None,
    };
    let id: MailId = engine.new_id();
    Ok(Mail {
        id,
        livemode: license.livemode,
        order_id: license.order_id,
        product_id: Some(license.product_id.get()),
        kind: LICENSE.into(),
        ordinal: last.map_or(0, |last| last + 1),
        recipient,
        template_version: product.map_or(0, |product| product.template_version),
        message_id: purchase_mail::message_id(engine, id),
        state: "queued".into(),
        attempts: 0,
        last_answer: String::new(),
        created_at: engine.now().millis(),
        sent_at: None,
        ticket_id: None,
        license_id: Some(license.id.get()),
    })
}
