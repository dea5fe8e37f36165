//! Who belongs to a tenant: invitations, roles, letting go, and a person's own browsers.

use domain::ids::PersonId;
use domain::list_order::{LogOrder, MemberOrder};
use domain::role::Role;
use engine::accounts::create_admin::Created;
use engine::accounts::session::SignedIn;
use engine::accounts::{browsers, switch_tenant};
use engine::mails::{change_address, find as find_mail, list as list_mails, resend};
use engine::page::Place;
use engine::people::list::{self, MemberQuery};
use engine::people::{accept, change_role, invite, remove};
use engine::tokens::create::{self as create_token, NewToken};
use engine::{Actor, Error};
use secrecy::ExposeSecret as _;

use crate::accounts::{PASSWORD, create, secret, token, try_sign_in, who};
use crate::support::TestEngine;

async fn person(t: &TestEngine, email: &str, role: Role) -> SignedIn {
    let _ = create(t, email, role).await;
    let token = token(t, email).await;
    who(t, &token).await.expect("is signed in")
}

/// The token in the newest mail's link.
async fn link(t: &TestEngine) -> String {
    t.run_due_jobs().await;
    let mails = t.mailer.sent();
    let text = &mails.last().expect("a mail").text;
    let (_, rest) = text
        .split_once("https://licences.example/invitation/")
        .expect("a link");
    rest.lines().next().expect("a token").to_owned()
}

fn code<T>(result: &Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        _ => panic!("it should be a conflict"),
    }
}

#[tokio::test]
async fn somebody_new_joins_by_the_link_of_the_mail_and_it_works_once() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let invited = invite::execute(&t.engine, &ann.actor, " Bob@example.com ", Role::Support).await;
    assert!(invited.is_ok());
    let token = link(&t).await;
    let mail = t.mailer.sent().remove(0);
    assert_eq!(mail.to, "Bob@example.com");
    assert_eq!(mail.subject, "ann@example.com invites you to Acme");
    let open = accept::find(&t.engine, &token).await.expect("is open");
    assert_eq!(
        (
            open.company.as_str(),
            open.email.as_str(),
            open.role,
            open.has_account
        ),
        ("Acme", "Bob@example.com", Role::Support, false)
    );
    let join = async |name: &str, password: &str| {
        let password = secret(password);
        let new = accept::NewPerson {
            name,
            password: &password,
        };
        accept::as_new(&t.engine, &token, &new).await
    };
    for (name, password, field) in [(" ", PASSWORD, "name"), ("Bob", "short", "password")] {
        let Err(Error::Invalid(errors)) = join(name, password).await else {
            panic!("{field} should be refused");
        };
        assert!(errors.message(field).is_some());
    }
    assert_eq!(
        join("Bob", PASSWORD).await.expect("joins"),
        "Bob@example.com"
    );
    assert!(matches!(
        join("Eve", PASSWORD).await,
        Err(Error::NotFound(_))
    ));
    assert!(accept::find(&t.engine, &token).await.is_err());
    let bob = crate::accounts::token(&t, "bob@example.com").await;
    let bob = who(&t, &bob).await.expect("is signed in");
    assert_eq!(
        (bob.session.role, bob.session.name.as_str()),
        (Role::Support, "Bob")
    );
    assert!(!bob.actor.is_operator());
    let people = list::execute(&t.engine, &ann.actor, &MemberQuery::default()).await;
    let people = people.expect("lists");
    assert_eq!(
        (people.members.items.len(), people.invitations.len()),
        (2, 0)
    );
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days_when_it_is_sent_again_and_when_it_is_withdrawn() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let id = invite::execute(&t.engine, &ann.actor, "bob@example.com", Role::Admin).await;
    let id = id.expect("is invited");
    let twice = invite::execute(&t.engine, &ann.actor, "BOB@example.com", Role::Admin).await;
    assert!(matches!(twice, Err(Error::Invalid(_))));
    let first = link(&t).await;
    t.clock.advance_seconds(7 * 86_400 - 1);
    assert!(accept::find(&t.engine, &first).await.is_ok());
    t.clock.advance_seconds(1);
    assert!(accept::find(&t.engine, &first).await.is_err());
    invite::send_again(&t.engine, &ann.actor, id)
        .await
        .expect("is sent again");
    let second = link(&t).await;
    assert_ne!(first, second);
    assert!(accept::find(&t.engine, &first).await.is_err());
    assert!(accept::find(&t.engine, &second).await.is_ok());
    invite::withdraw(&t.engine, &ann.actor, id)
        .await
        .expect("is withdrawn");
    assert!(accept::find(&t.engine, &second).await.is_err());
    let again = invite::withdraw(&t.engine, &ann.actor, id).await;
    assert!(matches!(again, Err(Error::NotFound("invitation"))));
    let anew = invite::execute(&t.engine, &ann.actor, "bob@example.com", Role::Viewer).await;
    assert!(anew.is_ok());
}

#[tokio::test]
async fn a_withdrawn_invitation_is_not_mailed_any_more() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let id = invite::execute(&t.engine, &ann.actor, "bob@example.com", Role::Admin).await;
    invite::withdraw(&t.engine, &ann.actor, id.expect("is invited"))
        .await
        .expect("is withdrawn");
    t.run_due_jobs().await;
    assert!(t.mailer.sent().is_empty());
}

#[tokio::test]
async fn the_link_is_shown_to_nobody_and_its_mail_goes_nowhere_else() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let invited = invite::execute(&t.engine, &ann.actor, "bob@example.com", Role::Owner).await;
    assert!(invited.is_ok());
    let query = list_mails::MailQuery {
        livemode: None,
        state: None,
        recipient: String::new(),
        order: LogOrder::Newest,
        after: None,
        limit: 10,
    };
    let mails = list_mails::execute(&t.engine, &ann.actor, &query).await;
    let mail = mails.expect("lists").items.remove(0);
    assert_eq!(mail.kind, "invitation");
    let shown = find_mail::execute(&t.engine, &t.system(), mail.id).await;
    let body = shown.expect("is found").body.expect("says something");
    assert!(!body.text.contains("/invitation/"), "{}", body.text);
    let to = "eve@example.com";
    let moved = change_address::execute(&t.engine, &t.system(), mail.id, to).await;
    assert_eq!(code(&moved), "invitation");
    let token = link(&t).await;
    let sent = resend::execute(&t.engine, &t.system(), mail.id, Some(to)).await;
    assert_eq!(code(&sent), "invitation");
    for file in t.database_files() {
        let bytes = std::fs::read(file).unwrap_or_default();
        let holds = bytes.windows(token.len()).any(|w| w == token.as_bytes());
        assert!(!holds, "the token lies in the database");
    }
}

#[tokio::test]
async fn somebody_with_an_account_joins_as_who_is_signed_in_and_goes_between_companies() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let blue = engine::tenants::create::execute(&t.engine, "Blue").await;
    let blue = Actor::system(blue.expect("is created"));
    let invited = invite::execute(&t.engine, &blue, "ANN@example.com", Role::Viewer).await;
    assert!(invited.is_ok());
    let link = link(&t).await;
    assert!(
        accept::find(&t.engine, &link)
            .await
            .expect("is open")
            .has_account
    );
    let bob = person(&t, "bob@example.com", Role::Viewer).await;
    let other = accept::as_signed_in(&t.engine, &link, &bob).await;
    assert!(matches!(other, Err(Error::Forbidden(_))));
    let password = secret(PASSWORD);
    let new = accept::NewPerson {
        name: "Ann",
        password: &password,
    };
    let new = accept::as_new(&t.engine, &link, &new).await;
    assert_eq!(code(&new), "account_exists");
    accept::as_signed_in(&t.engine, &link, &ann)
        .await
        .expect("joins");
    let places = switch_tenant::list(&t.engine, &ann).await.expect("lists");
    let names: Vec<_> = places.iter().map(|p| (p.name.as_str(), p.role)).collect();
    assert_eq!(names, [("Acme", Role::Owner), ("Blue", Role::Viewer)]);
    let stranger = switch_tenant::execute(&t.engine, &bob, blue.tenant()).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
    let token = token(&t, "ann@example.com").await;
    let here = who(&t, &token).await.expect("is signed in");
    assert_eq!(here.session.tenant, t.tenant);
    switch_tenant::execute(&t.engine, &here, blue.tenant())
        .await
        .expect("goes there");
    let there = who(&t, &token).await.expect("is signed in");
    assert_eq!(
        (there.session.tenant, there.session.role),
        (blue.tenant(), Role::Viewer)
    );
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let bob = person(&t, "bob@example.com", Role::Admin).await;
    let (annie, bobby) = (ann.session.person, bob.session.person);
    let lowered = change_role::execute(&t.engine, &ann.actor, annie, Role::Admin).await;
    assert_eq!(code(&lowered), "last_owner");
    let removed = remove::execute(&t.engine, &ann.actor, annie).await;
    assert_eq!(code(&removed), "last_owner");
    change_role::execute(&t.engine, &ann.actor, bobby, Role::Owner)
        .await
        .expect("is an owner now");
    change_role::execute(&t.engine, &ann.actor, annie, Role::Viewer)
        .await
        .expect("is a viewer now");
    let lowered = change_role::execute(&t.engine, &t.system(), bobby, Role::Admin).await;
    assert_eq!(code(&lowered), "last_owner");
}

#[tokio::test]
async fn whoever_is_let_go_is_out_at_once_and_comes_back_by_invitation_alone() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let Created::Person(bob) = create(&t, "bob@example.com", Role::Admin).await else {
        panic!("bob is new");
    };
    let session = token(&t, "bob@example.com").await;
    remove::execute(&t.engine, &ann.actor, bob)
        .await
        .expect("is let go");
    let page = engine::audit::list::execute(&t.engine, &ann.actor, None, 20).await;
    let lines = page.expect("lists").items;
    let line = lines.iter().find(|l| l.verb == "removed");
    let data = &line.expect("is audited").data;
    assert_eq!(data["email"], "bob@example.com");
    assert!(who(&t, &session).await.is_none());
    assert!(try_sign_in(&t, "bob@example.com", PASSWORD).await.is_err());
    let again = remove::execute(&t.engine, &ann.actor, bob).await;
    assert!(matches!(again, Err(Error::NotFound("person"))));
    let nobody = change_role::execute(&t.engine, &ann.actor, bob, Role::Owner).await;
    assert!(matches!(nobody, Err(Error::NotFound("person"))));
}

#[tokio::test]
async fn only_owners_say_who_belongs_here_and_programs_do_not_even_look() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let target = ann.session.person;
    let mut others = Vec::new();
    for (role, email) in [
        (Role::Admin, "adm@example.com"),
        (Role::Support, "sup@example.com"),
        (Role::Viewer, "vie@example.com"),
    ] {
        others.push((person(&t, email, role).await.actor, true));
    }
    others.push((program(&t).await, false));
    let id = invite::execute(&t.engine, &ann.actor, "bob@example.com", Role::Viewer).await;
    let id = id.expect("is invited");
    for (actor, may_look) in others {
        let seen = list::execute(&t.engine, &actor, &MemberQuery::default()).await;
        assert_eq!(seen.is_ok(), may_look);
        assert!(seen.is_err() || seen.is_ok_and(|seen| seen.invitations.is_empty()));
        let (engine, mail) = (&t.engine, "eve@example.com");
        for refused in [
            invite::execute(engine, &actor, mail, Role::Viewer)
                .await
                .map(drop),
            invite::send_again(engine, &actor, id).await,
            invite::withdraw(engine, &actor, id).await,
            change_role::execute(engine, &actor, target, Role::Viewer).await,
            remove::execute(engine, &actor, target).await,
            engine::people::end_second_factor::execute(engine, &actor, target).await,
        ] {
            assert!(matches!(refused, Err(Error::Forbidden(_))));
        }
    }
}

/// An access token that may do everything that tokens may.
async fn program(t: &TestEngine) -> Actor {
    let new = NewToken {
        name: "robot".into(),
        permissions: domain::permission::Permissions::all(),
        expires_at: None,
    };
    let made = create_token::execute(&t.engine, &t.system(), &new).await;
    let made = made.expect("is made");
    let text = made.token.expose_secret();
    let actor = engine::tokens::authenticate::execute(&t.engine, text).await;
    actor.expect("is good")
}

#[tokio::test]
async fn a_person_sees_their_own_browsers_and_ends_one() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Viewer).await;
    let elsewhere = token(&t, "ann@example.com").await;
    let bob = person(&t, "bob@example.com", Role::Owner).await;
    let mine = browsers::list(&t.engine, &ann).await.expect("lists");
    assert_eq!(mine.len(), 2);
    assert_eq!(mine.iter().filter(|b| b.is_this).count(), 1);
    let other = mine.iter().find(|b| !b.is_this).expect("the other one");
    assert_eq!(
        (other.address.as_str(), other.user_agent.as_str()),
        ("192.0.2.1", "a browser")
    );
    let strangers = browsers::end(&t.engine, &bob, other.id).await;
    assert!(matches!(strangers, Err(Error::NotFound("session"))));
    browsers::end(&t.engine, &ann, other.id)
        .await
        .expect("ends");
    assert!(who(&t, &elsewhere).await.is_none());
    assert_eq!(
        browsers::list(&t.engine, &ann).await.expect("lists").len(),
        1
    );
}

#[tokio::test]
async fn of_two_owners_who_remove_each_other_at_once_one_stays() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let bob = person(&t, "bob@example.com", Role::Owner).await;
    let let_go = async |actor: &Actor, who: PersonId| remove::execute(&t.engine, actor, who).await;
    let (one, two) = futures::join!(
        let_go(&ann.actor, bob.session.person),
        let_go(&bob.actor, ann.session.person)
    );
    assert_eq!([&one, &two].iter().filter(|r| r.is_ok()).count(), 1);
}

#[tokio::test]
async fn people_are_found_by_how_their_address_begins() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    person(&t, "bob@example.com", Role::Viewer).await;
    let page = async |search: &str, after| {
        let search = search.to_owned();
        let query = MemberQuery {
            search,
            after,
            ..MemberQuery::default()
        };
        let people = list::execute(&t.engine, &ann.actor, &query).await;
        let members = people.expect("lists").members.items;
        members
            .into_iter()
            .map(|member| member.email)
            .collect::<Vec<_>>()
    };
    assert_eq!(page("", None).await, ["ann@example.com", "bob@example.com"]);
    assert_eq!(page(" BOB@", None).await, ["bob@example.com"]);
    assert!(page("ob@", None).await.is_empty());
    let behind_all = Place::of(t.engine.now().plus_millis(1), ann.session.person.get());
    assert!(page("", Some(behind_all)).await.is_empty());
}

#[tokio::test]
async fn the_list_by_address_goes_on_where_somebody_was_let_go_meanwhile() {
    let t = TestEngine::start().await;
    let ann = person(&t, "ann@example.com", Role::Owner).await;
    let bob = person(&t, "bob@example.com", Role::Viewer).await;
    person(&t, "cid@example.com", Role::Viewer).await;
    let bob = bob.session.person;
    let removed = remove::execute(&t.engine, &ann.actor, bob).await;
    assert!(removed.is_ok());
    let query = MemberQuery {
        order: MemberOrder::Email,
        after: Some(Place::of(t.engine.now(), bob.get())),
        ..MemberQuery::default()
    };
    let people = list::execute(&t.engine, &ann.actor, &query).await;
    let rest = people.expect("lists").members.items;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].email, "cid@example.com");
}
