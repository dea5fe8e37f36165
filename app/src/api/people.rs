//! Who belongs to the tenant, and inviting. Owners alone change it.

use domain::role::Role;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::NamedSearch;
use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::secret::SecretText;
use crate::sent::Sent;

/// Somebody who belongs to the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Id.
    pub id: String,
    /// Address.
    pub email: String,
    /// Name, or empty.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When a browser of theirs was last seen here.
    pub last_seen_at: Option<Timestamp>,
    /// Whether sign-in asks for a code.
    pub has_second_factor: bool,
    /// True for whoever looks.
    pub is_self: bool,
}

/// Somebody who was asked to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Id.
    pub id: String,
    /// Address.
    pub email: String,
    /// What they would be allowed to do.
    pub role: Role,
    /// Who asked.
    pub invited_by: String,
    /// When the link ends.
    pub expires_at: Timestamp,
}

/// Everything on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// A page of who belongs here.
    pub members: Vec<MemberRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Who was asked to.
    pub invitations: Vec<InvitationRow>,
    /// What happened to either, newest first; not who signed in and out.
    pub history: Vec<ChangeRow>,
    /// Whether whoever looks may change it.
    pub may_manage: bool,
    /// False where no mail server is set: invitations wait in the outbox.
    pub has_mailer: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// What whoever has the link may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Name of the tenant.
    pub company: String,
    /// Address that was invited.
    pub email: String,
    /// What they would be allowed to do.
    pub role: Role,
    /// Who asked.
    pub invited_by: String,
    /// True where the address has an account.
    pub has_account: bool,
    /// Who is signed in in this browser.
    pub signed_in_as: Option<String>,
    /// True where that is whom the invitation is for.
    pub may_join: bool,
}

/// A page of the tenant's people.
#[server]
pub async fn load_people(#[server(flatten)] search: NamedSearch) -> Result<Sent<People>, UiError> {
    use crate::ssr::{pack, people_page, refuse, signed_in};
    let who = signed_in().await?;
    pack(&people_page(&who, search).await.map_err(refuse)?)
}

/// Invites an address by mail.
#[server]
pub async fn invite_person(email: String, role: String) -> Result<Done, UiError> {
    use crate::ssr::{invite, reply, signed_in};
    let who = signed_in().await?;
    let invited = invite(&who, &email, &role).await;
    reply::<InvitePerson>(invited, &[("email", email), ("role", role)]).await
}

/// Sends an invitation again, with a new link.
#[server]
pub async fn resend_invitation(id: String) -> Result<Done, UiError> {
    use crate::ssr::{invite_again, reply, signed_in};
    let who = signed_in().await?;
    let sent = invite_again(&who, &id).await;
    reply::<ResendInvitation>(sent, &[("id", id)]).await
}

/// Takes an invitation back.
#[server]
pub async fn withdraw_invitation(id: String) -> Result<Done, UiError> {
    use crate::ssr::{reply, signed_in, take_invitation_back};
    let who = signed_in().await?;
    let withdrawn = take_invitation_back(&who, &id).await;
    reply::<WithdrawInvitation>(withdrawn, &[("id", id)]).await
}

/// Gives a member another role.
#[server]
pub async fn change_role(id: String, role: String) -> Result<Done, UiError> {
    use crate::ssr::{give_role, reply, signed_in};
    let who = signed_in().await?;
    let changed = give_role(&who, &id, &role).await;
    reply::<ChangeRole>(changed, &[("id", id), ("role", role)]).await
}

/// Lets a member go.
#[server]
pub async fn remove_person(id: String) -> Result<Done, UiError> {
    use crate::ssr::{let_go, reply, signed_in};
    let who = signed_in().await?;
    let removed = let_go(&who, &id).await;
    reply::<RemovePerson>(removed, &[("id", id)]).await
}

/// Takes the second factor off a member who has lost it.
#[server]
pub async fn take_second_factor_off(id: String) -> Result<Done, UiError> {
    use crate::ssr::{end_members_second_factor, reply, signed_in};
    let who = signed_in().await?;
    let ended = end_members_second_factor(&who, &id).await;
    reply::<TakeSecondFactorOff>(ended, &[("id", id)]).await
}

/// An invitation, for whoever has its link.
#[server]
pub async fn load_invitation(token: String) -> Result<Sent<Invitation>, UiError> {
    use crate::ssr::{engine, invitation_page, never_store, pack, refuse};
    never_store();
    pack(&invitation_page(&engine()?, &token).await.map_err(refuse)?)
}

/// Makes the invited person's account and signs them in.
#[server]
pub async fn accept_invitation(
    token: String,
    name: String,
    password: SecretText,
) -> Result<Done, UiError> {
    use crate::ssr::{accept_as_new, at_the_door, engine, reply};
    let engine = engine()?;
    let accepted = accept_as_new(&engine, &token, (&name, password)).await;
    let typed = at_the_door([("name", &name)]);
    reply::<AcceptInvitation>(accepted, &typed).await
}

/// Joins as whoever is signed in.
#[server]
pub async fn join_by_invitation(token: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, join, reply, signed_in};
    let who = signed_in().await?;
    let joined = join(&who, &token).await;
    reply::<JoinByInvitation>(joined, NOTHING).await
}
