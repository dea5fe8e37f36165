//! The very first person, made by whoever has the set-up code.

use domain::ids::PersonId;
use domain::role::Role;
use engine::accounts::setup::{self, FirstPerson};
use engine::{Error, Result};

use crate::accounts::{HOME, PASSWORD, create, secret, token, who};
use crate::support::TestEngine;

async fn try_setup(t: &TestEngine, code: &str) -> Result<PersonId> {
    let first = FirstPerson {
        code: &secret(code),
        tenant_name: "First Ltd",
        email: "ann@example.com",
        password: &secret(PASSWORD),
        address: HOME,
    };
    let created = setup::create_first(&t.engine, &secret("the-code\n"), &first).await?;
    Ok(created.1)
}

#[tokio::test]
async fn whoever_has_the_code_becomes_owner_and_operator() {
    let t = TestEngine::start().await;
    assert!(setup::is_needed(&t.engine).await.expect("asks"));
    let ann = try_setup(&t, " the-code ").await.expect("sets up");
    assert!(!setup::is_needed(&t.engine).await.expect("asks"));
    let token = token(&t, "ann@example.com").await;
    let signed_in = who(&t, &token).await.expect("is signed in");
    assert_eq!(signed_in.session.person, ann);
    assert_eq!(signed_in.session.tenant_name, "First Ltd");
    assert_eq!(signed_in.session.role, Role::Owner);
    assert!(signed_in.actor.is_operator());
}

#[tokio::test]
async fn a_wrong_code_creates_nothing_and_cannot_be_guessed_at_will() {
    let t = TestEngine::start().await;
    for guess in ["", "the-cod", "the-code2", "THE-CODE"] {
        let Err(Error::Invalid(errors)) = try_setup(&t, guess).await else {
            panic!("{guess} should be refused");
        };
        assert!(errors.message("code").is_some());
    }
    assert!(setup::is_needed(&t.engine).await.expect("asks"));
    for _ in 4..10 {
        let _ = try_setup(&t, "guess").await;
    }
    let refused = try_setup(&t, "the-code").await;
    assert!(matches!(refused, Err(Error::TooMany { .. })));
}

#[tokio::test]
async fn once_anybody_exists_there_is_no_set_up() {
    let t = TestEngine::start().await;
    let _ = create(&t, "bob@example.com", Role::Viewer).await;
    for code in ["the-code", "wrong"] {
        let refused = try_setup(&t, code).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{code}");
    }
}

#[tokio::test]
async fn of_many_at_once_exactly_one_becomes_the_first() {
    let t = TestEngine::start().await;
    let tries = (0..6).map(|_| try_setup(&t, "the-code"));
    let done = futures::future::join_all(tries).await;
    assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1);
    let others = done.iter().filter_map(|d| d.as_ref().err());
    assert!(others.into_iter().all(|e| matches!(e, Error::NotFound(_))));
    let tenants = engine::tenants::list::execute(&t.engine).await;
    assert_eq!(tenants.expect("lists").len(), 2, "Acme and one more");
}
