//! People: the first one, signing in and out, sessions, and what is throttled.

use std::net::{IpAddr, Ipv4Addr};

use domain::role::Role;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use engine::accounts::session::{self, SignedIn};
use engine::accounts::sign_in::{self, Credentials, Entered, NewlySignedIn, Visitor};
use engine::accounts::switch_side::Side;
use engine::accounts::{sign_out, switch_side};
use engine::{Error, Result};
use secrecy::{ExposeSecret, SecretString};

use crate::support::TestEngine;

pub const PASSWORD: &str = "correct horse battery";
pub const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

pub fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

pub async fn create(t: &TestEngine, email: &str, role: Role) -> Created {
    let new = NewAdmin {
        tenant: t.tenant,
        email,
        role,
        password: &secret(PASSWORD),
    };
    create_admin::execute(&t.engine, &new)
        .await
        .expect("the person is created")
}

/// A browser that nobody knows.
pub const STRANGER: Visitor<'_> = Visitor {
    address: HOME,
    user_agent: "a browser",
    former_token: None,
    browser_pass: None,
};

pub async fn enter(
    t: &TestEngine,
    (email, password): (&str, &str),
    visitor: Visitor<'_>,
) -> Result<Entered> {
    let credentials = Credentials {
        email,
        password: &secret(password),
        visitor,
    };
    sign_in::execute(&t.engine, &credentials).await
}

pub async fn try_sign_in(t: &TestEngine, email: &str, password: &str) -> Result<NewlySignedIn> {
    match enter(t, (email, password), STRANGER).await? {
        Entered::SignedIn(opened) => Ok(opened),
        Entered::CodeWanted(_) => panic!("{email} has a second factor"),
    }
}

pub async fn token(t: &TestEngine, email: &str) -> String {
    let opened = try_sign_in(t, email, PASSWORD).await.expect("signs in");
    opened.token.expose_secret().to_owned()
}

pub async fn who(t: &TestEngine, token: &str) -> Option<SignedIn> {
    session::authenticate(&t.engine, token)
        .await
        .expect("looks the session up")
}

#[tokio::test]
async fn who_signs_in_is_known_by_the_token_alone() {
    let t = TestEngine::start().await;
    let created = create(&t, "Ann@Example.com", Role::Owner).await;
    let token = token(&t, " ann@example.COM ").await;
    let ann = who(&t, &token).await.expect("is signed in");
    assert_eq!(created, Created::Person(ann.session.person));
    assert_eq!(ann.session.email, "Ann@Example.com");
    assert_eq!(ann.session.tenant_name, "Acme");
    assert_eq!(ann.session.role, Role::Owner);
    assert!(!ann.session.livemode, "a session begins on the Test side");
    assert_eq!(ann.actor.tenant(), t.tenant);
    let mut other = token.clone();
    let last = if other.pop() == Some('A') { 'E' } else { 'A' };
    other.push(last);
    assert!(who(&t, &other).await.is_none());
    assert!(who(&t, "").await.is_none());
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("ann@example.com", "wrong horse battery"),
        ("bob@example.com", PASSWORD),
        ("not an address\u{0}", PASSWORD),
        ("", ""),
    ] {
        let Err(Error::Unauthorized(answer)) = try_sign_in(&t, email, password).await else {
            panic!("{email} should not be signed in");
        };
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn after_ten_wrong_passwords_even_the_right_one_waits() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    for _ in 0..10 {
        let refused = try_sign_in(&t, "ann@example.com", "wrong horse battery").await;
        assert!(matches!(refused, Err(Error::Unauthorized(_))));
    }
    let refused = try_sign_in(&t, "ANN@example.com", PASSWORD).await;
    let Err(Error::TooMany {
        retry_after_seconds,
    }) = refused
    else {
        panic!("the eleventh attempt should wait");
    };
    assert_eq!(retry_after_seconds, 900);
    t.clock.advance_seconds(900);
    assert!(try_sign_in(&t, "ann@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_stranger_who_guesses_keeps_nobody_out() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let first = try_sign_in(&t, "ann@example.com", PASSWORD).await;
    let first = first.expect("signs in");
    let guess = async |last: u8| {
        let visitor = Visitor {
            address: IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)),
            ..STRANGER
        };
        enter(&t, ("ann@example.com", "wrong horse battery"), visitor).await
    };
    for _ in 0..10 {
        assert!(matches!(guess(1).await, Err(Error::Unauthorized(_))));
    }
    assert!(matches!(guess(1).await, Err(Error::TooMany { .. })));
    assert!(try_sign_in(&t, "ann@example.com", PASSWORD).await.is_ok());
    for last in 2..=10 {
        for _ in 0..10 {
            let _ = guess(last).await.is_err();
        }
    }
    let everybody = try_sign_in(&t, "ann@example.com", PASSWORD).await;
    assert!(matches!(everybody, Err(Error::TooMany { .. })));
    let known = Visitor {
        browser_pass: Some(first.browser_pass.expose_secret()),
        ..STRANGER
    };
    let hers = enter(&t, ("ann@example.com", PASSWORD), known).await;
    assert!(hers.is_ok(), "her own browser is known");
    let other = enter(&t, ("bob@example.com", PASSWORD), known).await;
    assert!(matches!(other, Err(Error::Unauthorized(_))));
    t.clock.advance_seconds(366 * 86_400);
    let old = enter(&t, ("ann@example.com", PASSWORD), known).await;
    assert!(old.is_ok(), "a pass that has ended is no pass, and no harm");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_had() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let elsewhere = token(&t, "ann@example.com").await;
    let former = token(&t, "ann@example.com").await;
    let visitor = Visitor {
        former_token: Some(&former),
        ..STRANGER
    };
    let entered = enter(&t, ("ann@example.com", PASSWORD), visitor).await;
    let Ok(Entered::SignedIn(opened)) = entered else {
        panic!("she signs in");
    };
    assert!(who(&t, &former).await.is_none());
    assert!(who(&t, &elsewhere).await.is_some());
    assert!(who(&t, opened.token.expose_secret()).await.is_some());
}

#[tokio::test]
async fn signing_out_ends_this_session_and_everywhere_ends_all() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let _ = create(&t, "bob@example.com", Role::Viewer).await;
    let (one, two, three) = (
        token(&t, "ann@example.com").await,
        token(&t, "ann@example.com").await,
        token(&t, "ann@example.com").await,
    );
    let bobs = token(&t, "bob@example.com").await;
    sign_out::execute(&t.engine, &one).await.expect("signs out");
    sign_out::execute(&t.engine, &one)
        .await
        .expect("is out already");
    assert!(who(&t, &one).await.is_none());
    let ann = who(&t, &two).await.expect("is signed in");
    let count = sign_out::everywhere(&t.engine, &ann)
        .await
        .expect("signs out everywhere");
    assert_eq!(count, 2);
    assert!(who(&t, &two).await.is_none());
    assert!(who(&t, &three).await.is_none());
    assert!(who(&t, &bobs).await.is_some());
}

#[tokio::test]
async fn a_session_slides_for_fourteen_days_and_ends_after_ninety() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let forgotten = token(&t, "ann@example.com").await;
    let used = token(&t, "ann@example.com").await;
    for day in (10..90).step_by(10) {
        t.clock.advance_seconds(10 * 86_400);
        assert!(who(&t, &used).await.is_some(), "day {day}");
        let written = session::flush(&t.engine).await.expect("writes behind");
        assert_eq!(written, 1);
    }
    assert!(who(&t, &forgotten).await.is_none(), "14 days have passed");
    t.clock.advance_seconds(10 * 86_400 - 1);
    assert!(who(&t, &used).await.is_some());
    let _ = session::flush(&t.engine).await.expect("writes behind");
    t.clock.advance_seconds(1);
    assert!(who(&t, &used).await.is_none(), "90 days have passed");
    assert_eq!(session::prune(&t.engine).await.expect("prunes"), 2);
}

#[tokio::test]
async fn being_seen_is_written_at_most_once_a_minute() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let token = token(&t, "ann@example.com").await;
    t.clock.advance_seconds(59);
    let _ = who(&t, &token).await.expect("is signed in");
    assert_eq!(session::flush(&t.engine).await.expect("flushes"), 0);
    t.clock.advance_seconds(1);
    for _ in 0..3 {
        let _ = who(&t, &token).await.expect("is signed in");
    }
    assert_eq!(session::flush(&t.engine).await.expect("flushes"), 1);
    let _ = who(&t, &token).await.expect("is signed in");
    assert_eq!(session::flush(&t.engine).await.expect("flushes"), 0);
}

#[tokio::test]
async fn the_test_and_live_switch_belongs_to_one_browser() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let (here, there) = (
        token(&t, "ann@example.com").await,
        token(&t, "ann@example.com").await,
    );
    let ann = who(&t, &here).await.expect("is signed in");
    switch_side::execute(&t.engine, &ann, Side::Live)
        .await
        .expect("switches");
    assert!(who(&t, &here).await.is_some_and(|w| w.session.livemode));
    assert!(who(&t, &there).await.is_some_and(|w| !w.session.livemode));
    switch_side::execute(&t.engine, &ann, Side::Test)
        .await
        .expect("switches back");
    assert!(who(&t, &here).await.is_some_and(|w| !w.session.livemode));
}

#[tokio::test]
async fn a_known_address_gets_a_membership_and_keeps_its_password() {
    let t = TestEngine::start().await;
    let Created::Person(ann) = create(&t, "ann@example.com", Role::Owner).await else {
        panic!("the first is a new person");
    };
    let second = engine::tenants::create::execute(&t.engine, "Blue")
        .await
        .expect("is created");
    let new = NewAdmin {
        tenant: second,
        email: "ANN@example.com",
        role: Role::Viewer,
        password: &secret("another password"),
    };
    let created = create_admin::execute(&t.engine, &new)
        .await
        .expect("is created");
    assert_eq!(created, Created::Membership(ann));
    let other = try_sign_in(&t, "ann@example.com", "another password").await;
    assert!(other.is_err());
    let token = token(&t, "ann@example.com").await;
    let session = who(&t, &token).await.expect("is signed in").session;
    assert_eq!(session.tenant, t.tenant, "the tenant that she joined first");
}

#[tokio::test]
async fn a_role_given_again_replaces_the_former_one_at_once() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Owner).await;
    let token = token(&t, "ann@example.com").await;
    let _ = create(&t, "ann@example.com", Role::Viewer).await;
    let ann = who(&t, &token).await.expect("is signed in");
    assert_eq!(ann.session.role, Role::Viewer);
    let refused = ann.actor.may(domain::permission::Permission::Manage);
    assert!(matches!(refused, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn only_the_first_person_is_the_operator() {
    let t = TestEngine::start().await;
    let mut operators = Vec::new();
    for email in ["ann@example.com", "bob@example.com"] {
        let _ = create(&t, email, Role::Owner).await;
        let token = token(&t, email).await;
        let person = who(&t, &token).await.expect("is signed in");
        operators.push(person.actor.is_operator());
    }
    assert_eq!(operators, [true, false]);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_person_stands_beside_its_field() {
    let t = TestEngine::start().await;
    for (email, password, field) in [
        ("ann", PASSWORD, "email"),
        ("ann@example.com", "short", "password"),
    ] {
        let new = NewAdmin {
            tenant: t.tenant,
            email,
            role: Role::Owner,
            password: &secret(password),
        };
        let refused = create_admin::execute(&t.engine, &new).await;
        let Err(Error::Invalid(errors)) = refused else {
            panic!("{email} should be refused");
        };
        assert!(errors.message(field).is_some(), "{errors}");
    }
    let new = NewAdmin {
        tenant: domain::ids::TenantId::from(999),
        email: "ann@example.com",
        role: Role::Owner,
        password: &secret(PASSWORD),
    };
    let refused = create_admin::execute(&t.engine, &new).await;
    assert!(matches!(refused, Err(Error::NotFound("tenant"))));
    let refused = try_sign_in(&t, "ann@example.com", PASSWORD).await;
    assert!(refused.is_err(), "nothing was written");
}
