//! A mail as it may be shown: to whom, how far it came, never its body.

use std::collections::HashMap;

use domain::ids::{MailId, OrderId, ProductId};
use domain::mail_state::MailState;
use domain::timestamp::Timestamp;
use store::mails::Mail;

use crate::error::{Error, Result};

/// One mail.
#[derive(Clone)]
pub struct MailView {
    /// Id.
    pub id: MailId,
    /// Test or live.
    pub livemode: bool,
    /// The order that it tells about.
    pub order_id: Option<OrderId>,
    /// The product whose template it is made from.
    pub product_id: Option<ProductId>,
    /// That product's name, or empty.
    pub product_name: String,
    /// `purchase`, `payment_failed`, `license`, `ticket` or `test`.
    pub kind: String,
    /// 0 = the first of its kind for the order; a resend counts on.
    pub ordinal: i32,
    /// Address.
    pub recipient: String,
    /// RFC 5322 Message-ID with its angle brackets.
    pub message_id: String,
    /// How far it came.
    pub state: MailState,
    /// How often sending was tried.
    pub attempts: i32,
    /// What the mail server said last, or empty.
    pub last_answer: String,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
}

/// The names of a tenant's products by id.
pub(super) type ProductNames = HashMap<i32, String>;

pub(super) fn of(mail: &Mail, names: &ProductNames) -> Result<MailView> {
    let state = mail
        .state
        .parse()
        .map_err(|_| Error::fault("a mail's state is not known"))?;
    let name = mail.product_id.and_then(|id| names.get(&id));
    Ok(MailView {
        id: mail.id,
        livemode: mail.livemode,
        order_id: mail.order_id.map(OrderId::from),
        product_id: mail.product_id.map(ProductId::from),
        product_name: name.cloned().unwrap_or_default(),
        kind: mail.kind.clone(),
        ordinal: mail.ordinal,
        recipient: mail.recipient.clone(),
        message_id: mail.message_id.clone(),
        state,
        attempts: mail.attempts,
        last_answer: mail.last_answer.clone(),
        created_at: Timestamp::from_millis(mail.created_at),
        sent_at: mail.sent_at.map(Timestamp::from_millis),
    })
}

impl MailView {
    /// True where it can be queued anew, to whatever address, because no server has it yet.
    pub const fn can_change_address(&self) -> bool {
        !matches!(self.state, MailState::Sent)
    }

    /// True where it can be sent again as a new mail.
    pub const fn can_resend(&self) -> bool {
        matches!(self.state, MailState::Sent)
    }
}
