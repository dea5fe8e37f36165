//! Writing a mail from its row: rendered when it is sent or looked at, never stored.

use domain::ids::{LicenseId, OrderId, ProductId, TenantId};
use store::mails::Mail;
use store::products::Product;
use store::tickets::Ticket;
use store::{Conn, licenses, products, tickets};

use crate::Engine;
use crate::emails::template::{self, Rendered, Values};
use crate::error::Result;
use crate::keys::data_keys::DataKeys;
use crate::orders::purchase_mail::PAYMENT_FAILED;
use crate::people::letter::{self, INVITATION};
use crate::ports::OutgoingMail;
use crate::settings::send_test_mail::SERVER_TEST;

/// The whole mail; the inner error says why the template cannot be rendered.
pub(crate) async fn execute(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    mail: &Mail,
) -> Result<Result<OutgoingMail, String>> {
    let product = match mail.product_id {
        Some(id) => products::find(conn, tenant, ProductId::from(id)).await?,
        None => None,
    };
    let name = product
        .as_ref()
        .map_or("your purchase", |p| p.name.as_str());
    let ticket = ticket(conn, tenant, mail).await?;
    let rendered = if mail.kind == PAYMENT_FAILED {
        Ok(payment_failed(name))
    } else if mail.kind == SERVER_TEST {
        Ok(server_test(engine.public_url()))
    } else if mail.kind == INVITATION {
        letter::write(engine, conn, tenant, mail).await?
    } else if let Some(ticket) = &ticket {
        Ok(passed_on(name, ticket))
    } else {
        let values = Values {
            activation_key: activation_keys(engine, conn, tenant, mail).await?,
            product_name: name.to_owned(),
            customer_email: mail.recipient.clone(),
        };
        from_template(product.as_ref(), &values)
    };
    Ok(rendered.map(|rendered| OutgoingMail {
        message_id: mail.message_id.clone(),
        to: mail.recipient.clone(),
        reply_to: ticket.as_ref().map(|ticket| ticket.email.clone()),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
    }))
}

fn from_template(product: Option<&Product>, values: &Values) -> Result<Rendered, String> {
    let (subject, body) = product.map_or(("", ""), |p| {
        (p.email_subject.as_str(), p.email_template.as_str())
    });
    template::render(subject, body, values).map_err(|error| error.to_string())
}

async fn ticket(conn: &mut Conn, tenant: TenantId, mail: &Mail) -> Result<Option<Ticket>> {
    match mail.ticket_id {
        Some(id) => Ok(tickets::find(conn, tenant, id).await?),
        None => Ok(None),
    }
}

fn passed_on(product: &str, ticket: &Ticket) -> Rendered {
    Rendered {
        subject: format!("[{product}] {}", ticket.subject),
        text: format!(
            "{}\n\n-- \nWritten in {product} by {}. An answer to this mail goes there.\n",
            ticket.message, ticket.email
        ),
        html: None,
    }
}

/// The key of the mail's licence, or all keys of its order, one a line; an example key in a test mail.
async fn activation_keys(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    mail: &Mail,
) -> Result<String> {
    let of_order = mail.order_id.map(OrderId::from);
    let rows = match (mail.license_id.map(LicenseId::from), of_order) {
        (Some(one), _) => Vec::from_iter(licenses::find(conn, tenant, one).await?),
        (None, Some(order)) => licenses::list_by_order(conn, tenant, order).await?,
        (None, None) => return Ok("TEST-TEST-TEST-TEST".into()),
    };
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let mut lines = Vec::new();
    for license in rows {
        let key = keys.open_activation_key(&license.id.to_string(), &license.key_sealed)?;
        lines.push(key.to_string());
    }
    Ok(lines.join("\n"))
}

fn payment_failed(product: &str) -> Rendered {
    Rendered {
        subject: format!("Your payment for {product} did not arrive"),
        text: format!(
            "The payment for {product} was refused by your bank, so no license was issued and \
             nothing was charged.\n\nYou can buy again at any time, perhaps with another way to pay.\n"
        ),
        html: None,
    }
}

fn server_test(public_url: &str) -> Rendered {
    Rendered {
        subject: "Mails arrive".into(),
        text: format!(
            "This is the test mail that you asked for at {public_url}.\n\nIt came the way that mails \
             with keys go, so they arrive too.\n"
        ),
        html: None,
    }
}
