//! A mail to try the mail server with. It goes the way of every mail.

use domain::email_address;
use domain::ids::MailId;
use domain::permission::Permission;
use serde_json::json;
use store::mails::{self, Mail};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::orders::purchase_mail::{enqueue_new, message_id};

/// Kind of the mail.
pub(crate) const SERVER_TEST: &str = "server_test";

/// Queues a mail that says that mails arrive; answers its id. Field: `email`.
pub async fn execute(engine: &Engine, actor: &Actor, recipient: &str) -> Result<MailId> {
    actor.may(Permission::Manage)?;
    let recipient = email_address::parse(recipient)
        .ok_or_else(|| Error::field("email", email_address::ADVICE))?;
    let mut tx = engine.begin();
    let mail = new_mail(engine, recipient);
    mails::insert(&mut tx, actor.tenant(), &mail);
    enqueue_new(engine, &mut tx, actor.tenant(), mail.id);
    let what = Change {
        subject: ("tenant", actor.tenant().to_string()),
        verb: "test_mail_queued",
        data: json!({ "mailId": mail.id }),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    tx.commit().await?;
    engine.wake_worker();
    Ok(mail.id)
}

fn new_mail(engine: &Engine, recipient: String) -> Mail {
    let id = engine.new_id();
    Mail {
        id,
        livemode: false,
        order_id: None,
        product_id: None,
        kind: SERVER_TEST.into(),
        ordinal: 0,
        recipient,
        template_version: 0,
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
