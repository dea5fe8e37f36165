//! Handing one mail to the mail server, and writing down what it said.
//!
//! A mail keeps its Message-ID for ever: should we be killed between the server's 250 and our
//! commit, the same id goes out again and mail programs show it once.

use domain::ids::MailId;
use store::jobs::Job;
use store::mails::{self, Attempt, Mail};
use uuid::Uuid;

use crate::Engine;
use crate::emails::compose;
use crate::error::Result;
use crate::jobs::{End, backoff, id_in};
use crate::ports::MailRefusal;
use crate::settings::mail_server;

/// Tries before a mail is shown as failed: about three days where the server may still come round.
const TRIES: i32 = 16;
/// A server that says "never" is asked so often, for it may have been set up wrongly.
const TRIES_REFUSED: i32 = 3;

pub(super) async fn execute(engine: &Engine, job: &Job) -> Result<End> {
    let Some(id) = id_in::<MailId>(job, "mailId") else {
        return Ok(End::Dead("its payload names no mail".into()));
    };
    let mut conn = engine.read().await?;
    let Some(mailer) = mail_server::mailer(engine, &mut conn, job.tenant_id).await? else {
        return Ok(End::Again(
            backoff(engine.now(), 2),
            "no mail server is set up".into(),
        ));
    };
    let Some(mail) = mails::find(&mut conn, job.tenant_id, id).await? else {
        return Ok(End::Dead("its mail is gone".into()));
    };
    if mail.state == "sent" {
        return Ok(End::Done);
    }
    let outgoing = compose::execute(engine, &mut conn, job.tenant_id, &mail).await?;
    drop(conn);
    let answer = match outgoing {
        Ok(outgoing) => mailer.send(&outgoing).await,
        Err(why) => Err(MailRefusal {
            is_permanent: true,
            answer: why,
        }),
    };
    note(engine, job, &mail, answer).await
}

async fn note(
    engine: &Engine,
    job: &Job,
    mail: &Mail,
    answer: Result<String, MailRefusal>,
) -> Result<End> {
    let (state, text, end) = match answer {
        Ok(text) => ("sent", text, End::Done),
        Err(refusal) => {
            let tries = if refusal.is_permanent {
                TRIES_REFUSED
            } else {
                TRIES
            };
            if job.attempts >= tries {
                ("failed", refusal.answer.clone(), End::Dead(refusal.answer))
            } else {
                let at = backoff(engine.now(), job.attempts);
                (
                    "retrying",
                    refusal.answer.clone(),
                    End::Again(at, refusal.answer),
                )
            }
        }
    };
    let attempt = Attempt {
        id: engine.new_id::<Uuid>(),
        state,
        answer: &text,
        now: engine.now().millis(),
    };
    let mut tx = engine.begin();
    mails::note_attempt(&mut tx, job.tenant_id, mail.id, &attempt).await?;
    tx.commit().await?;
    Ok(end)
}
