//! Sending a mail again: a new mail with a Message-ID of its own, so that programs show it anew.
//!
//! One that no server has taken is not sent again but queued anew (`change_address.rs`): as a new mail it
//! would leave the old one failed for ever.

use domain::email_address;
use domain::ids::{MailId, OrderId, ProductId};
use domain::permission::Permission;
use serde_json::json;
use store::mails::{self, Mail};
use store::{Tx, products};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::orders::purchase_mail;
use crate::people::letter::INVITATION;
use crate::start_over;

/// Queues the mail anew, to the same address or to another; answers the new mail's id.
/// Only what was sent is sent again.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    id: MailId,
    to: Option<&str>,
) -> Result<MailId> {
    // The mail is answered whole, so whoever sends it must also be one who may read it.
    actor.may_read()?;
    actor.may(Permission::Email)?;
    let recipient = to.map(parse_address).transpose()?;
    // Two people who send the same mail again at once draw the same number; the loser draws again.
    let attempt = || attempt(engine, actor, id, recipient.as_deref());
    start_over::when_overtaken(attempt, "a mail could not be numbered").await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    id: MailId,
    recipient: Option<&str>,
) -> Result<MailId> {
    let mut tx = engine.begin();
    let mail = mails::find(&mut tx, actor.tenant(), id)
        .await?
        .ok_or(Error::NotFound("mail"))?;
    refuse_invitation(&mail)?;
    refuse_unsent(&mail)?;
    let again = insert_again(engine, &mut tx, actor, (&mail, recipient)).await?;
    purchase_mail::enqueue_new(engine, &mut tx, actor.tenant(), again);
    let what = Change {
        subject: ("mail", id.to_string()),
        verb: "resent",
        data: json!({ "mailId": again, "orderId": mail.order_id.map(OrderId::from) }),
        livemode: mail.livemode,
    };
    change::write(&mut tx, actor, engine.now(), what);
    tx.commit().await?;
    engine.wake_worker();
    Ok(again)
}

async fn insert_again(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    (mail, recipient): (&Mail, Option<&str>),
) -> Result<MailId> {
    let tenant = actor.tenant();
    let template_version = match mail.product_id.map(ProductId::from) {
        Some(id) => products::find(tx, tenant, id).await?,
        None => None,
    }
    .map_or(mail.template_version, |product| product.template_version);
    let last = match mail.order_id.map(OrderId::from) {
        Some(order) => mails::last_ordinal(tx, tenant, (order, &mail.kind)).await?,
        None => None,
    };
    let id: MailId = engine.new_id();
    let again = Mail {
        id,
        ordinal: last.unwrap_or(mail.ordinal) + 1,
        recipient: recipient.unwrap_or(&mail.recipient).to_owned(),
        template_version,
        message_id: purchase_mail::message_id(engine, id),
        state: "queued".into(),
        attempts: 0,
        last_answer: String::new(),
        created_at: engine.now().millis(),
        sent_at: None,
        ..mail.clone()
    };
    mails::insert(tx, tenant, &again);
    Ok(id)
}

fn refuse_unsent(mail: &Mail) -> Result<()> {
    let (code, message) = match mail.state.as_str() {
        "sent" => return Ok(()),
        "failed" => (
            "mail_failed",
            "This mail was given up and never sent. Give it an address, its own or another, and it is tried anew.",
        ),
        _ => (
            "mail_under_way",
            "This mail is still on its way. Wait until it is sent, or change its address.",
        ),
    };
    Err(Error::Conflict {
        code,
        message: message.into(),
    })
}

/// Whoever could send an invitation elsewhere could give away what owners alone may give.
pub(super) fn refuse_invitation(mail: &Mail) -> Result<()> {
    if mail.kind != INVITATION {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "invitation",
        message:
            "An owner sends an invitation again, or to another address, under Users and roles."
                .into(),
    })
}

/// An address as typed, or what to write instead; the field is `email`.
pub(super) fn parse_address(text: &str) -> Result<String> {
    email_address::parse(text).ok_or_else(|| Error::field("email", email_address::ADVICE))
}
