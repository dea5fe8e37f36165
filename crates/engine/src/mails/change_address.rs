//! Queuing an unsent mail anew, to another address or to its own: the same mail, tried at once, also where it
//! was given up.

use domain::ids::MailId;
use domain::permission::Permission;
use serde_json::json;
use store::{jobs, mails};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::jobs::DELIVER_MAIL;
use crate::mails::resend::{parse_address, refuse_invitation};
use crate::orders::purchase_mail;

/// Gives a mail that no server has taken yet an address, perhaps the one it has, and lets it start anew. Refused
/// while it is being handed over at this moment, because nobody could say to whom it went.
pub async fn execute(engine: &Engine, actor: &Actor, id: MailId, to: &str) -> Result<()> {
    // The mail is answered whole, so whoever sends it must also be one who may read it.
    actor.may_read()?;
    actor.may(Permission::Email)?;
    let recipient = parse_address(to)?;
    let tenant = actor.tenant();
    let now = engine.now();
    let mut tx = engine.begin();
    let mail = mails::find(&mut tx, tenant, id)
        .await?
        .ok_or(Error::NotFound("mail"))?;
    refuse_invitation(&mail)?;
    // The job first: its row's lock keeps a worker from taking the mail until we are done.
    let job_key = format!("{DELIVER_MAIL}:{id}");
    let is_requeued = jobs::requeue(&mut tx, tenant, &job_key, now.millis()).await?;
    if !mails::requeue(&mut tx, tenant, id, &recipient).await? {
        return Err(Error::Conflict {
            code: "mail_sent",
            message: "This mail has been sent meanwhile. Send it again to the other address."
                .into(),
        });
    }
    if !is_requeued && !purchase_mail::enqueue(engine, &mut tx, tenant, id).await? {
        return Err(Error::Conflict {
            code: "mail_under_way",
            message: "This mail is being handed over to the mail server right now. Try again in a minute."
                .into(),
        });
    }
    let what = Change {
        subject: ("mail", id.to_string()),
        verb: if recipient == mail.recipient {
            "requeued"
        } else {
            "address_changed"
        },
        data: json!({ "mailId": id }),
        livemode: mail.livemode,
    };
    change::write(&mut tx, actor, now, what);
    tx.commit().await?;
    engine.wake_worker();
    Ok(())
}
