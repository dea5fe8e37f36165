//! Purchases between the engine and their page.

use domain::ids::OrderId;
use domain::permission::Permission;
use engine::Error;
use engine::orders::find::{self, OrderDetail};
use engine::orders::give_address::{self, Given};

use super::changes::latest;
use super::licenses::license_row;
use super::mails::mail_row;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::orders::{OrderEvent, OrderPage, Payment};

/// One purchase.
pub async fn order_page(who: &SignedIn, id: &str) -> Result<OrderPage, Error> {
    let found = find::execute(&who.engine, &who.actor, parse(id)?).await?;
    let may_give = who.actor.may(Permission::Email).is_ok();
    let can_be_given_address = may_give && found.order.can_be_given_address();
    let OrderDetail { order, .. } = found;
    Ok(OrderPage {
        id: order.id,
        state: order.state.to_string(),
        livemode: order.livemode,
        product: order.product.map(|(id, name)| (id.get(), name)),
        named_product: order.named_product,
        plan: order.plan.map(|(id, name)| (id.get(), name)),
        app: order.app,
        quantity: order.quantity,
        email: order.email,
        amount: order.amount,
        quote: order.quote,
        reason: order.review_reason.unwrap_or_default(),
        issued_at: order.issued_at,
        created_at: order.created_at,
        facts: found.facts,
        payments: found.payments.iter().map(payment).collect(),
        licenses: found.licenses.into_iter().map(license_row).collect(),
        mails: found.mails.into_iter().rev().map(mail_row).collect(),
        events: found.events.into_iter().map(event).collect(),
        history: latest(found.history),
        can_be_given_address,
        now: who.engine.now(),
    })
}

fn payment(view: &find::PaymentView) -> Payment {
    Payment {
        amount: view.amount,
        at: view.paid_at,
    }
}

fn event(view: find::EventView) -> OrderEvent {
    OrderEvent {
        id: view.id.to_string(),
        event_type: view.event_type,
        processing: view.processing,
        outcome: view.outcome,
        received_at: view.received_at,
    }
}

/// Says who bought it, and what follows from that.
pub async fn give_address(who: &SignedIn, id: &str, email: &str) -> Result<Next, Error> {
    let given = give_address::execute(&who.engine, &who.actor, parse(id)?, email).await?;
    let email = email.trim();
    Ok(Next::stay(match given {
        Given::MailQueued => format!("The keys are on their way to {email}."),
        Given::NoMail => {
            format!("Noted: {email}. This product sends no mail by itself; the keys stand below.")
        }
        Given::WaitsForReview => format!("Noted: {email}. The keys go there once they are issued."),
    }))
}

pub(super) fn parse(id: &str) -> Result<OrderId, Error> {
    id.parse().map_err(|_| Error::NotFound("purchase"))
}
