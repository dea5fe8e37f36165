//! Sending a product's mail to oneself, with an example key. It goes the way of every mail.

use domain::email_address;
use domain::ids::{MailId, ProductId};
use domain::permission::Permission;
use serde_json::json;
use store::mails::{self, Mail};
use store::products::{self, Product};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::orders::purchase_mail::{enqueue_new, message_id};

/// Kind of the mail.
const TEST: &str = "test";

/// Queues a mail made from the product's saved template; answers its id. Field: `recipient`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    product: ProductId,
    recipient: &str,
) -> Result<MailId> {
    actor.may(Permission::Manage)?;
    let recipient = email_address::parse(recipient)
        .ok_or_else(|| Error::field("recipient", email_address::ADVICE))?;
    let mut tx = engine.begin();
    let found = products::find(&mut tx, actor.tenant(), product).await?;
    let product = found.ok_or(Error::NotFound("product"))?;
    let mail = new_mail(engine, &product, recipient);
    mails::insert(&mut tx, actor.tenant(), &mail);
    enqueue_new(engine, &mut tx, actor.tenant(), mail.id);
    let what = Change {
        subject: ("product", product.id.to_string()),
        verb: "test_mail_queued",
        data: json!({ "mailId": mail.id }),
        livemode: false,
    };
    change::write(&mut tx, actor, engine.now(), what);
    tx.commit().await?;
    engine.wake_worker();
    Ok(mail.id)
}

fn new_mail(engine: &Engine, product: &Product, recipient: String) -> Mail {
    let id = engine.new_id();
    Mail {
        id,
        livemode: false,
        order_id: None,
        product_id: Some(product.id.get()),
        kind: TEST.into(),
        ordinal: 0,
        recipient,
        template_version: product.template_version,
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
