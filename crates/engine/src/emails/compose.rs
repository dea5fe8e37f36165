//! Writing a mail from its row: rendered when it is sent or looked at, never stored.

use domain::ids::{OrderId, ProductId, TenantId};
use store::mails::Mail;
use store::products::Product;
use store::{Conn, licenses, products};

use crate::Engine;
use crate::emails::template::{self, Rendered, Values};
use crate::error::Result;
use crate::keys::data_keys::DataKeys;
use crate::orders::purchase_mail::PAYMENT_FAILED;
use crate::ports::OutgoingMail;

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
    let rendered = if mail.kind == PAYMENT_FAILED {
        Ok(payment_failed(name))
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

/// All keys of the order, one a line; an example key in a test mail.
async fn activation_keys(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    mail: &Mail,
) -> Result<String> {
    let Some(order) = mail.order_id.map(OrderId::from) else {
        return Ok("TEST-TEST-TEST-TEST".into());
    };
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let mut lines = Vec::new();
    for license in licenses::list_by_order(conn, tenant, order).await? {
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
