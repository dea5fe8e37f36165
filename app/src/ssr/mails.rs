//! Mails between the engine and their pages.

use domain::ids::MailId;
use domain::mail_state::MailState;
use domain::permission::Permission;
use engine::Error;
use engine::mails::{MailView, change_address, find, list, resend};
use engine::page::PAGE_SIZE;
use engine::settings::mail_server;

use super::changes::history_of;
use super::licenses::place;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::mails::{MailAttempt, MailDetail, MailRow};
use crate::api::{Listed, NamedSearch};

/// Kind of the mails that an owner sends again under Users and roles.
const INVITATION: &str = "invitation";

/// A page of the outbox.
pub async fn mail_list(who: &SignedIn, search: NamedSearch) -> Result<Listed<MailRow>, Error> {
    let query = list::MailQuery {
        livemode: Some(who.session.livemode),
        // A word that is no state or order changes nothing: the address was typed by hand.
        state: search.state.parse::<MailState>().ok(),
        recipient: search.find,
        order: search.sort.parse().unwrap_or_default(),
        after: place(search.after.as_deref())?,
        limit: PAGE_SIZE,
    };
    let page = list::execute(&who.engine, &who.actor, &query).await?;
    Ok(Listed {
        items: page.items.into_iter().map(mail_row).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

/// One mail in a list.
pub(super) fn mail_row(mail: MailView) -> MailRow {
    MailRow {
        id: mail.id,
        kind: mail.kind,
        product_name: mail.product_name,
        address: mail.recipient,
        state: mail.state.to_string(),
        last_answer: mail.last_answer,
        created_at: mail.created_at,
    }
}

/// One mail with its text.
pub async fn mail_detail(who: &SignedIn, id: &str) -> Result<MailDetail, Error> {
    let found = find::execute(&who.engine, &who.actor, parse(id)?).await?;
    let server = mail_server::execute(&who.engine, &who.actor).await?;
    let (problem, body) = match found.body {
        Ok(body) => (None, Some(body)),
        Err(problem) => (Some(problem), None),
    };
    let attempts = found.attempts.into_iter().map(|attempt| MailAttempt {
        at: attempt.at,
        answer: attempt.answer,
    });
    Ok(MailDetail {
        subject: body.as_ref().map(|b| b.subject.clone()).unwrap_or_default(),
        text: body.as_ref().map(|b| b.text.clone()).unwrap_or_default(),
        html: body.and_then(|body| body.html),
        problem,
        message_id: found.mail.message_id.clone(),
        attempts: attempts.collect(),
        sent_at: found.mail.sent_at,
        may_resend: who.actor.may(Permission::Email).is_ok() && found.mail.kind != INVITATION,
        history: history_of(who, ("mail", id)).await?,
        has_mailer: server.is_some(),
        now: who.engine.now(),
        order_id: found.mail.order_id,
        row: mail_row(found.mail),
    })
}

/// Sends a sent mail once more, as a new one; queues any other anew, to this address.
pub async fn send_again(who: &SignedIn, id: &str, email: &str) -> Result<Next, Error> {
    let id = parse(id)?;
    let mail = find::execute(&who.engine, &who.actor, id).await?.mail;
    if mail.can_resend() {
        let again = resend::execute(&who.engine, &who.actor, id, Some(email)).await?;
        return Ok(Next::Go(format!("/outbox/{again}")));
    }
    change_address::execute(&who.engine, &who.actor, id, email).await?;
    let server = mail_server::execute(&who.engine, &who.actor).await?;
    Ok(Next::stay(match server {
        Some(_) => "It is tried at once, at this address.",
        None => "It goes to this address as soon as there is a mail server.",
    }))
}

fn parse(id: &str) -> Result<MailId, Error> {
    id.parse().map_err(|_| Error::NotFound("mail"))
}
