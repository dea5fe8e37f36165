//! The outbox: every mail, its state, its text, sending it again.

use domain::ids::MailId;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use crate::error::UiError;
use crate::flash::Done;

/// One mail in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRow {
    /// Id.
    pub id: MailId,
    /// `purchase`, `payment_failed`, ….
    pub kind: String,
    /// To whom.
    pub address: String,
    /// Word of its state.
    pub state: String,
    /// The mail server's last answer; empty where there is none.
    pub last_answer: String,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// One mail, whole; rendered now from its template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailDetail {
    /// The row.
    pub row: MailRow,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, where the template is HTML.
    pub html: Option<String>,
    /// RFC 5322 Message-ID.
    pub message_id: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When the mail server took it.
    pub sent_at: Option<Timestamp>,
    /// When it is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// False where no mail server is set: mails wait here.
    pub has_mailer: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// A page of mails, perhaps of one state.
#[server]
pub async fn load_mails(
    state: Option<String>,
    after: Option<String>,
) -> Result<Listed<MailRow>, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = (state, after);
    missing("engine::mails::list")
}

/// One mail.
#[server]
pub async fn load_mail(id: String) -> Result<MailDetail, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = id;
    missing("engine::mails::get")
}

/// Sends the keys again as a new mail, to this address.
#[server]
pub async fn resend_mail(id: String, email: String) -> Result<Done, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = (id, email);
    missing("engine::mails::resend")
}
