//! Inviting somebody by mail, sending that again, and taking it back.
//!
//! The link's token is drawn here, stored as a hash, and sealed for the mail, which is written when
//! it is sent. Nobody else gets to see it. Each mail has a token of its own: sending again ends the
//! former link.

use domain::email_address;
use domain::folding::email_key;
use domain::ids::{InvitationId, MailId};
use domain::role::Role;
use secrecy::ExposeSecret as _;
use serde_json::json;
use store::invitations::{self, Invitation};
use store::mails::{self, Mail};
use store::{Tx, memberships, people};

use super::letter::{INVITATION, place};
use crate::Engine;
use crate::accounts::session;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;
use crate::orders::purchase_mail::{enqueue_new, message_id};

/// How long a link holds.
pub(crate) const DAYS: i64 = 7;

/// Invites an address to the tenant with a role; answers the invitation. Field: `email`.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    email: &str,
    role: Role,
) -> Result<InvitationId> {
    actor.may_manage_people()?;
    let email =
        email_address::parse(email).ok_or_else(|| Error::field("email", email_address::ADVICE))?;
    let mut tx = engine.begin();
    refuse_member(&mut tx, actor, &email).await?;
    let mut row = Invitation {
        id: engine.new_id(),
        tenant_id: actor.tenant(),
        email_key: email_key(&email),
        email,
        role: role.as_str().into(),
        token_hash: Vec::new(),
        token_sealed: Vec::new(),
        mail_id: engine.new_id(),
        invited_by: actor.name().into(),
        created_at: engine.now().millis(),
        expires_at: engine.now().plus_days(DAYS).millis(),
        ended_at: None,
    };
    draw_token(engine, &mut tx, &mut row).await?;
    if !invitations::insert(&mut tx, &row).await? {
        return Err(Error::field(
            "email",
            "This address is invited already. Send the invitation again from the list.",
        ));
    }
    send(engine, &mut tx, &row);
    note(engine, &mut tx, actor, (&row, "invited"));
    tx.commit().await?;
    engine.wake_worker();
    Ok(row.id)
}

async fn refuse_member(tx: &mut Tx, actor: &Actor, email: &str) -> Result<()> {
    let Some(person) = people::find_by_email(tx, &email_key(email)).await? else {
        return Ok(());
    };
    let all = memberships::list_by_person(tx, person.id).await?;
    if all.iter().any(|m| m.tenant_id == actor.tenant()) {
        return Err(Error::field(
            "email",
            "This person is here already. Change the role in the list.",
        ));
    }
    Ok(())
}

/// Sends an invitation again, with a new link that holds for seven days; the former one ends.
pub async fn send_again(engine: &Engine, actor: &Actor, id: InvitationId) -> Result<()> {
    actor.may_manage_people()?;
    let mut tx = engine.begin();
    let found = invitations::find_open(&mut tx, actor.tenant(), id).await?;
    let mut row = found.ok_or(Error::NotFound("invitation"))?;
    row.mail_id = engine.new_id();
    row.invited_by = actor.name().into();
    row.expires_at = engine.now().plus_days(DAYS).millis();
    draw_token(engine, &mut tx, &mut row).await?;
    if !invitations::renew(&mut tx, &row).await? {
        return Err(Error::NotFound("invitation"));
    }
    send(engine, &mut tx, &row);
    note(engine, &mut tx, actor, (&row, "invited_again"));
    tx.commit().await?;
    engine.wake_worker();
    Ok(())
}

/// Takes an invitation back: its link opens nothing any more.
pub async fn withdraw(engine: &Engine, actor: &Actor, id: InvitationId) -> Result<()> {
    actor.may_manage_people()?;
    let mut tx = engine.begin();
    let found = invitations::find_open(&mut tx, actor.tenant(), id).await?;
    let row = found.ok_or(Error::NotFound("invitation"))?;
    if !invitations::end(&mut tx, actor.tenant(), id, engine.now().millis()).await? {
        return Err(Error::NotFound("invitation"));
    }
    note(engine, &mut tx, actor, (&row, "invitation_withdrawn"));
    Ok(tx.commit().await?)
}

async fn draw_token(engine: &Engine, tx: &mut Tx, row: &mut Invitation) -> Result<()> {
    let token = session::new_token(engine);
    let keys = DataKeys::load(engine, tx, row.tenant_id).await?;
    let id = row.id.to_string();
    row.token_hash = session::hash(token.expose_secret()).to_vec();
    row.token_sealed = keys.seal_secret(engine, &place(&id), token.expose_secret())?;
    Ok(())
}

fn send(engine: &Engine, tx: &mut Tx, row: &Invitation) {
    let id: MailId = row.mail_id;
    let mail = Mail {
        id,
        livemode: false,
        order_id: None,
        product_id: None,
        kind: INVITATION.into(),
        ordinal: 0,
        recipient: row.email.clone(),
        template_version: 0,
        message_id: message_id(engine, id),
        state: "queued".into(),
        attempts: 0,
        last_answer: String::new(),
        created_at: engine.now().millis(),
        sent_at: None,
        ticket_id: None,
        license_id: None,
    };
    mails::insert(tx, row.tenant_id, &mail);
    enqueue_new(engine, tx, row.tenant_id, id);
}

fn note(engine: &Engine, tx: &mut Tx, actor: &Actor, (row, verb): (&Invitation, &str)) {
    let what = Change {
        subject: ("invitation", row.id.to_string()),
        verb,
        data: json!({ "email": row.email, "role": row.role }),
        livemode: false,
    };
    change::write(tx, actor, engine.now(), what);
}
