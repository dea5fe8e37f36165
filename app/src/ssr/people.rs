//! People and invitations between the engine and their pages.

use domain::folding::email_key;
use domain::ids::PersonId;
use domain::role::Role;
use engine::accounts::session;
use engine::people::list::{InvitationView, MemberQuery, MemberView};
use engine::people::{accept, change_role, end_second_factor, invite as asking, list, remove};
use engine::settings::mail_server;
use engine::{Engine, Error};
use secrecy::{ExposeSecret as _, SecretString};

use super::changes::{called, history_of_kinds};
use super::cookie::session_cookie;
use super::door::open_session;
use super::licenses::place;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::NamedSearch;
use crate::api::people::{Invitation, InvitationRow, MemberRow, People};
use crate::secret::SecretText;

/// Who belongs here, and for owners who was asked to.
pub async fn people_page(who: &SignedIn, search: NamedSearch) -> Result<People, Error> {
    let query = MemberQuery {
        search: search.find,
        // A word that is no role or order changes nothing: the address was typed by hand.
        role: search.state.parse().ok(),
        order: search.sort.parse().unwrap_or_default(),
        after: place(search.after.as_deref())?,
    };
    let people = list::execute(&who.engine, &who.actor, &query).await?;
    let server = mail_server::execute(&who.engine, &who.actor).await?;
    let (own, page) = (who.session.person, people.members);
    let history = history_of_kinds(who, &["person", "invitation"], |change| {
        // Old lines tell no address; whoever is on this page has one all the same.
        let is_of = |m: &&MemberView| m.id.to_string() == change.subject_id;
        let member = || page.items.iter().find(is_of).map(|m| m.email.as_str());
        called(change).or_else(member).map(str::to_owned)
    });
    let history = history.await?;
    Ok(People {
        history,
        members: page.items.into_iter().map(|m| member(m, own)).collect(),
        next: page.after.map(|place| place.to_string()),
        invitations: people.invitations.into_iter().map(invitation).collect(),
        may_manage: who.actor.may_manage_people().is_ok(),
        has_mailer: server.is_some(),
        now: who.engine.now(),
    })
}

fn member(member: MemberView, own: PersonId) -> MemberRow {
    MemberRow {
        is_self: member.id == own,
        id: member.id.to_string(),
        email: member.email,
        name: member.name,
        role: member.role,
        last_seen_at: member.last_seen_at,
        has_second_factor: member.has_second_factor,
    }
}

fn invitation(view: InvitationView) -> InvitationRow {
    InvitationRow {
        id: view.id.to_string(),
        email: view.email,
        role: view.role,
        invited_by: view.invited_by,
        expires_at: view.expires_at,
    }
}

/// Invites an address.
pub async fn invite(who: &SignedIn, email: &str, role: &str) -> Result<Next, Error> {
    asking::execute(&who.engine, &who.actor, email, parse_role(role)?).await?;
    Ok(Next::stay(format!(
        "{} gets a mail with a link that holds for seven days.",
        email.trim()
    )))
}

/// Sends an invitation again.
pub async fn invite_again(who: &SignedIn, id: &str) -> Result<Next, Error> {
    let id = id.parse().map_err(|_| Error::NotFound("invitation"))?;
    asking::send_again(&who.engine, &who.actor, id).await?;
    Ok(Next::stay("It is on its way again, with a new link."))
}

/// Takes an invitation back.
pub async fn take_invitation_back(who: &SignedIn, id: &str) -> Result<Next, Error> {
    let id = id.parse().map_err(|_| Error::NotFound("invitation"))?;
    asking::withdraw(&who.engine, &who.actor, id).await?;
    Ok(Next::stay(
        "The invitation is withdrawn; its link opens nothing.",
    ))
}

/// Gives a member a role.
pub async fn give_role(who: &SignedIn, id: &str, role: &str) -> Result<Next, Error> {
    let role = parse_role(role)?;
    change_role::execute(&who.engine, &who.actor, parse(id)?, role).await?;
    Ok(Next::stay(format!("The role is {role} from now on.")))
}

/// Lets a member go.
pub async fn let_go(who: &SignedIn, id: &str) -> Result<Next, Error> {
    remove::execute(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay("This person is out, in every browser."))
}

/// Takes the second factor off a member.
pub async fn end_members_second_factor(who: &SignedIn, id: &str) -> Result<Next, Error> {
    end_second_factor::execute(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay(
        "This person signs in with the password alone now.",
    ))
}

fn parse(id: &str) -> Result<PersonId, Error> {
    id.parse().map_err(|_| Error::NotFound("person"))
}

fn parse_role(word: &str) -> Result<Role, Error> {
    word.parse()
        .map_err(|_| Error::field("role", "Choose one of the roles."))
}

/// What the link's page shows.
pub async fn invitation_page(engine: &Engine, token: &str) -> Result<Invitation, Error> {
    let open = accept::find(engine, token).await?;
    let signed_in_as = present(engine).await?;
    let is_for = |email: &String| email_key(email) == email_key(&open.email);
    Ok(Invitation {
        may_join: signed_in_as.as_ref().is_some_and(is_for),
        signed_in_as,
        company: open.company,
        email: open.email,
        role: open.role,
        invited_by: open.invited_by,
        has_account: open.has_account,
    })
}

/// Who is signed in in this browser, if anybody.
async fn present(engine: &Engine) -> Result<Option<String>, Error> {
    let Some(token) = session_cookie(engine) else {
        return Ok(None);
    };
    let who = session::authenticate(engine, token.expose_secret()).await?;
    Ok(who.map(|who| who.session.email))
}

/// Makes the person and signs them in.
pub async fn accept_as_new(
    engine: &Engine,
    token: &str,
    (name, password): (&str, SecretText),
) -> Result<Next, Error> {
    let password: SecretString = password.into();
    let new = accept::NewPerson {
        name,
        password: &password,
    };
    let email = accept::as_new(engine, token, &new).await?;
    open_session(engine, (&email, &password), "/").await
}

/// Gives whoever is signed in their place.
pub async fn join(who: &SignedIn, token: &str) -> Result<Next, Error> {
    accept::as_signed_in(&who.engine, token, &who.person()).await?;
    Ok(Next::Go("/".into()))
}
