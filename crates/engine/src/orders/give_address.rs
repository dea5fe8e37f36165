//! Telling an order who bought it, where Stripe did not say: the keys are mailed there.

use domain::email_address;
use domain::folding::email_key;
use domain::ids::OrderId;
use domain::order::OrderState;
use domain::permission::Permission;
use serde_json::json;
use store::Tx;
use store::orders::{self, Order};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::orders::{issue, purchase_mail};

/// What follows from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The mail with the keys is on its way.
    MailQueued,
    /// There are keys, and the product sends no mail by itself.
    NoMail,
    /// There are no keys yet: whoever issues them mails them to this address.
    WaitsForReview,
}

/// Gives an order without an address its buyer's, and mails the keys where there are some.
pub async fn execute(engine: &Engine, actor: &Actor, id: OrderId, email: &str) -> Result<Given> {
    // The order is answered whole, so whoever changes it must also be one who may read it.
    actor.may_read()?;
    actor.may(Permission::Email)?;
    let address =
        email_address::parse(email).ok_or_else(|| Error::field("email", email_address::ADVICE))?;
    let now = engine.now();
    let mut tx = engine.begin();
    let mut order = orders::lock(&mut tx, actor.tenant(), id, now.millis())
        .await?
        .ok_or(Error::NotFound("order"))?;
    wants_address(&order)?;
    order.email_key = email_key(&address);
    order.email = address;
    orders::update(&mut tx, &order);
    let given = tell(engine, &mut tx, &order).await?;
    let what = Change {
        subject: ("order", id.to_string()),
        verb: "address_given",
        data: json!({}),
        livemode: order.livemode,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    if given == Given::MailQueued {
        engine.wake_worker();
    }
    Ok(given)
}

fn wants_address(order: &Order) -> Result<()> {
    if !order.email.is_empty() {
        return Err(Error::Conflict {
            code: "address_known",
            message:
                "This purchase has an address. To send its keys elsewhere, send its mail again."
                    .into(),
        });
    }
    match order.state.parse() {
        Ok(OrderState::Issued | OrderState::Review) => Ok(()),
        _ => Err(Error::Conflict {
            code: "not_paid",
            message: "This purchase gave no keys, so there is nothing to send to an address."
                .into(),
        }),
    }
}

async fn tell(engine: &Engine, tx: &mut Tx, order: &Order) -> Result<Given> {
    if order.issued_at.is_none() {
        return Ok(Given::WaitsForReview);
    }
    issue::give_holder(tx, order, engine.now());
    if purchase_mail::queue_once(engine, tx, order).await? {
        Ok(Given::MailQueued)
    } else {
        Ok(Given::NoMail)
    }
}
