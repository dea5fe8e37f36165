//! One mail: its delivery log, and its body as it would be sent now.

use domain::ids::{MailId, OrderId};
use domain::timestamp::Timestamp;
use store::{licenses, mails};

use crate::Engine;
use crate::actor::Actor;
use crate::emails::compose;
use crate::error::{Error, Result};
use crate::mails::list::product_names;
use crate::mails::view::{self, MailView};
use crate::people::letter::INVITATION;
use crate::ports::OutgoingMail;

/// Everything that can be seen of a mail.
pub struct MailDetail {
    /// The mail.
    pub mail: MailView,
    /// The delivery log, oldest first.
    pub attempts: Vec<MailAttempt>,
    /// The body, rendered now; else why the template cannot be rendered.
    pub body: Result<MailBody, String>,
    /// Last four characters of the order's keys.
    pub keys_last_four: Vec<String>,
}

/// One try to send.
#[derive(Debug, Clone)]
pub struct MailAttempt {
    /// When.
    pub at: Timestamp,
    /// What the mail server said, or why it could not be asked.
    pub answer: String,
}

/// A mail's text. It holds keys in clear: there is no `Debug`.
#[derive(Clone)]
pub struct MailBody {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, where the template is HTML.
    pub html: Option<String>,
}

/// One mail of the tenant.
pub async fn execute(engine: &Engine, actor: &Actor, id: MailId) -> Result<MailDetail> {
    actor.may_read()?;
    let tenant = actor.tenant();
    let mut conn = engine.read().await?;
    let mail = mails::find(&mut conn, tenant, id)
        .await?
        .ok_or(Error::NotFound("mail"))?;
    let names = product_names(&mut conn, tenant).await?;
    let attempts = mails::attempts(&mut conn, tenant, id).await?;
    let mut keys_last_four = Vec::new();
    if let Some(order) = mail.order_id.map(OrderId::from) {
        let keys = licenses::list_by_order(&mut conn, tenant, order).await?;
        keys_last_four = keys.into_iter().map(|license| license.last_four).collect();
    }
    let body = if mail.kind == INVITATION {
        Ok(hidden())
    } else {
        let composed = compose::execute(engine, &mut conn, tenant, &mail).await?;
        composed.map(body)
    };
    Ok(MailDetail {
        mail: view::of(&mail, &names)?,
        attempts: attempts
            .into_iter()
            .map(|attempt| MailAttempt {
                at: Timestamp::from_millis(attempt.at),
                answer: attempt.answer,
            })
            .collect(),
        body,
        keys_last_four,
    })
}

fn body(outgoing: OutgoingMail) -> MailBody {
    MailBody {
        subject: outgoing.subject,
        text: outgoing.text,
        html: outgoing.html,
    }
}

/// Who reads an invitation could accept it.
fn hidden() -> MailBody {
    MailBody {
        subject: "Invitation".into(),
        text:
            "The link in this mail is for its recipient alone, so its text is not shown. An owner \
               sends it again, or takes it back, under Users and roles."
                .into(),
        html: None,
    }
}
