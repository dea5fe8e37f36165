//! Taking a ticket: it is kept, and mailed to the tenant's support address where there is one.

use domain::folding::{email_key, name_key};
use domain::ids::MailId;
use domain::permission::Permission;
use domain::ticket_form::TicketForm;
use serde_json::json;
use store::mails::{self, Mail};
use store::tickets::{self, Ticket};
use store::{Tx, products, tenants};
use uuid::Uuid;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::orders::purchase_mail;
use crate::settings;

/// Kind of the mail that passes a ticket on.
pub(crate) const TICKET: &str = "ticket";

/// Takes a ticket; answers its id. Fields: `productName`, `email`, `subject`, `message`.
pub async fn execute(engine: &Engine, actor: &Actor, form: &TicketForm) -> Result<Uuid> {
    actor.may(Permission::Email)?;
    let wanted = form.parse()?;
    let (tenant, now) = (actor.tenant(), engine.now());
    let mut tx = engine.begin();
    let product = products::find_by_name(&mut tx, tenant, &name_key(&wanted.product_name)).await?;
    let unknown = || Error::field("productName", "No product has this name.");
    let ticket = Ticket {
        id: engine.new_id(),
        product_id: product.ok_or_else(unknown)?,
        email_key: email_key(&wanted.email),
        email: wanted.email,
        subject_key: name_key(&wanted.subject),
        subject: wanted.subject,
        message: wanted.message,
        created_at: now.millis(),
        closed_at: None,
        closed_by: String::new(),
    };
    tickets::insert(&mut tx, tenant, &ticket);
    pass_on(engine, &mut tx, actor, &ticket).await?;
    let what = Change {
        subject: ("ticket", ticket.id.to_string()),
        verb: "created",
        data: json!({ "productId": ticket.product_id }),
        livemode: true,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    engine.wake_worker();
    Ok(ticket.id)
}

async fn pass_on(engine: &Engine, tx: &mut Tx, actor: &Actor, ticket: &Ticket) -> Result<()> {
    let tenant = tenants::find(tx, actor.tenant()).await?;
    let tenant = tenant.ok_or(Error::NotFound("tenant"))?;
    let recipient = settings::parse(&tenant.settings)?.support_address;
    if recipient.is_empty() {
        return Ok(());
    }
    let id: MailId = engine.new_id();
    let mail = Mail {
        id,
        livemode: true,
        order_id: None,
        product_id: Some(ticket.product_id.get()),
        kind: TICKET.into(),
        ordinal: 0,
        recipient,
        template_version: 0,
        message_id: purchase_mail::message_id(engine, id),
        state: "queued".into(),
        attempts: 0,
        last_answer: String::new(),
        created_at: engine.now().millis(),
        sent_at: None,
        ticket_id: Some(ticket.id),
        license_id: None,
    };
    mails::insert(tx, actor.tenant(), &mail);
    purchase_mail::enqueue_new(engine, tx, actor.tenant(), id);
    Ok(())
}
