//! The outbox: every mail, its state, its text, sending it again.

use domain::ids::{MailId, OrderId};
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
use super::{Listed, NamedSearch};
use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One mail in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    /// Id.
    pub id: MailId,
    /// `purchase`, `payment_failed`, ….
    pub kind: String,
    /// The product whose template it is made from.
    pub product_name: String,
    /// To whom.
    pub address: String,
    /// Word of its state.
    pub state: String,
    /// The mail server's last answer; empty where there is none.
    pub last_answer: String,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// One try to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailAttempt {
    /// When.
    pub at: Timestamp,
    /// What the mail server said, or why it could not be asked.
    pub answer: String,
}

/// One mail, whole; rendered now from its template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailDetail {
    /// The row.
    pub row: MailRow,
    /// The purchase that it tells about.
    pub order_id: Option<OrderId>,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, where the template is HTML.
    pub html: Option<String>,
    /// RFC 5322 Message-ID.
    pub message_id: String,
    /// Why the template cannot be rendered, where it cannot.
    pub problem: Option<String>,
    /// The delivery log, oldest first.
    pub attempts: Vec<MailAttempt>,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// Whether whoever looks may send it again.
    pub may_resend: bool,
    /// False where no mail server is set: mails wait here.
    pub has_mailer: bool,
    /// What people and programs did with it, newest first.
    pub history: Vec<ChangeRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// A page of mails, found by how the recipient's address begins.
#[server]
pub async fn load_mails(
    #[server(flatten)] search: NamedSearch,
) -> Result<Sent<Listed<MailRow>>, UiError> {
    use crate::ssr::{mail_list, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&mail_list(&who, search).await.map_err(refuse)?)
}

/// One mail.
#[server]
pub async fn load_mail(id: String) -> Result<Sent<MailDetail>, UiError> {
    use crate::ssr::{mail_detail, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&mail_detail(&who, &id).await.map_err(refuse)?)
}

/// Sends a mail to this address: as a new one where it was sent, else the same.
#[server]
pub async fn resend_mail(id: String, email: String) -> Result<Done, UiError> {
    use crate::ssr::{reply, send_again, signed_in};
    let who = signed_in().await?;
    let sent = send_again(&who, &id, &email).await;
    reply::<ResendMail>(sent, &[("email", email)]).await
}
