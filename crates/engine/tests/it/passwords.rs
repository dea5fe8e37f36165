//! Passwords: changed by whoever knows the present one, set at the server's own machine, and what ends with
//! the former one.

use domain::role::Role;
use engine::accounts::change_password::{self, NewPassword, Renewed};
use engine::accounts::create_admin::{self, NewAdmin};
use engine::accounts::session::SignedIn;
use engine::accounts::switch_side::{self, Side};
use engine::accounts::{browsers, set_password, sign_out};
use engine::people::remove;
use engine::{Actor, Error, Result};
use secrecy::ExposeSecret as _;

use crate::accounts::{HOME, PASSWORD, create, secret, token, try_sign_in, who};
use crate::support::TestEngine;

const ANN: &str = "ann@example.com";
const NEW: &str = "another horse battery";
const WRONG: &str = "wrong horse battery";

async fn ann(t: &TestEngine) -> SignedIn {
    let _ = create(t, ANN, Role::Viewer).await;
    let token = token(t, ANN).await;
    who(t, &token).await.expect("is signed in")
}

async fn change(
    t: &TestEngine,
    who: &SignedIn,
    (current, new): (&str, &str),
    browser_pass: Option<&str>,
) -> Result<Renewed> {
    let wish = NewPassword {
        current: &secret(current),
        new: &secret(new),
        address: HOME,
        browser_pass,
    };
    change_password::execute(&t.engine, who, &wish).await
}

/// The field that was refused.
fn refused<T>(outcome: &Result<T>) -> &str {
    match outcome {
        Err(Error::Invalid(fields)) => {
            let first = fields.iter().next();
            &first.expect("a field is named").field
        }
        Err(other) => panic!("a field should be refused: {other}"),
        Ok(_) => panic!("a field should be refused"),
    }
}

#[tokio::test]
async fn whoever_knows_the_present_one_changes_it_and_is_out_everywhere_else() {
    let t = TestEngine::start().await;
    let _ = create(&t, ANN, Role::Viewer).await;
    let _ = create(&t, "bob@example.com", Role::Viewer).await;
    let (here, there, bobs) = (
        token(&t, ANN).await,
        token(&t, ANN).await,
        token(&t, "bob@example.com").await,
    );
    let ann = who(&t, &here).await.expect("is signed in");
    let switched = switch_side::execute(&t.engine, &ann, Side::Live).await;
    assert!(switched.is_ok());
    let began = t.engine.now();
    t.clock.advance_seconds(86_400);
    let renewed = change(&t, &ann, (PASSWORD, NEW), None).await;
    let renewed = renewed.expect("is changed");
    assert_eq!(renewed.expires_at, began.plus_days(90), "it is no new one");
    let same = who(&t, renewed.token.expose_secret()).await;
    let same = same.expect("this browser goes on").session;
    assert_eq!((same.id, same.livemode), (ann.session.id, true));
    assert!(who(&t, &here).await.is_none(), "under another token");
    assert!(who(&t, &there).await.is_none());
    assert!(who(&t, &bobs).await.is_some());
    let left = browsers::list(&t.engine, &ann).await.expect("lists");
    assert_eq!(left.len(), 1);
    let former = try_sign_in(&t, ANN, PASSWORD).await;
    assert!(matches!(former, Err(Error::Unauthorized(_))));
    assert!(try_sign_in(&t, ANN, NEW).await.is_ok());
    let page = engine::audit::list::execute(&t.engine, &ann.actor, None, 20).await;
    let lines = page.expect("lists").items;
    let line = lines.iter().find(|l| l.verb == "password_changed");
    let line = line.expect("is audited");
    assert_eq!(
        (line.actor_name.as_str(), &*line.subject_kind),
        (ANN, "person")
    );
    assert_eq!(line.data["email"], ANN);
    assert_eq!(line.data["endedSessions"], 1);
}

#[tokio::test]
async fn what_is_refused_stands_beside_its_field_and_changes_nothing() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let elsewhere = token(&t, ANN).await;
    for (current, new, field) in [
        (WRONG, NEW, "currentPassword"),
        ("", NEW, "currentPassword"),
        (PASSWORD, "short", "newPassword"),
        (PASSWORD, "", "newPassword"),
        (WRONG, "aaaaaaaaaaaaaaa", "newPassword"),
    ] {
        let outcome = change(&t, &ann, (current, new), None).await;
        assert_eq!(refused(&outcome), field, "{new}");
    }
    assert!(who(&t, &elsewhere).await.is_some());
    assert!(try_sign_in(&t, ANN, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn the_present_one_cannot_be_guessed_at_will() {
    let t = TestEngine::start().await;
    let _ = create(&t, ANN, Role::Viewer).await;
    let opened = try_sign_in(&t, ANN, PASSWORD).await.expect("signs in");
    let ann = who(&t, opened.token.expose_secret()).await;
    let ann = ann.expect("is signed in");
    for _ in 0..10 {
        let outcome = change(&t, &ann, (WRONG, NEW), None).await;
        assert_eq!(refused(&outcome), "currentPassword");
    }
    let right = change(&t, &ann, (PASSWORD, NEW), None).await;
    assert!(matches!(right, Err(Error::TooMany { .. })));
    let at_the_door = try_sign_in(&t, ANN, PASSWORD).await;
    assert!(
        matches!(at_the_door, Err(Error::TooMany { .. })),
        "it is one count"
    );
    let pass = opened.browser_pass.expose_secret();
    let known = change(&t, &ann, (WRONG, NEW), Some(pass)).await;
    assert_eq!(
        refused(&known),
        "currentPassword",
        "a known browser has a count of its own"
    );
    t.clock.advance_seconds(900);
    assert!(change(&t, &ann, (PASSWORD, NEW), None).await.is_ok());
}

#[tokio::test]
async fn of_two_who_change_it_at_once_one_does() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let (one, two) = futures::join!(
        change(&t, &ann, (PASSWORD, NEW), None),
        change(&t, &ann, (PASSWORD, "a third horse battery"), None)
    );
    assert_eq!([&one, &two].iter().filter(|r| r.is_ok()).count(), 1);
    let loser = if one.is_ok() { &two } else { &one };
    assert_eq!(refused(loser), "currentPassword");
}

#[tokio::test]
async fn whoever_was_signed_out_meanwhile_changes_nothing() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    sign_out::everywhere(&t.engine, &ann).await.expect("is out");
    let late = change(&t, &ann, (PASSWORD, NEW), None).await;
    assert!(matches!(late, Err(Error::NotFound("session"))));
    assert!(try_sign_in(&t, ANN, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn one_that_is_set_at_the_machine_ends_every_session_and_each_company_is_told() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let elsewhere = token(&t, ANN).await;
    let blue = engine::tenants::create::execute(&t.engine, "Blue").await;
    let blue = blue.expect("is created");
    let new = NewAdmin {
        tenant: blue,
        email: ANN,
        role: Role::Viewer,
        password: &secret(PASSWORD),
    };
    let joined = create_admin::execute(&t.engine, &new).await;
    assert!(joined.is_ok());
    let ended = set_password::execute(&t.engine, " ANN@example.com ", &secret(NEW)).await;
    assert_eq!(ended.expect("is set"), 2);
    assert!(who(&t, &elsewhere).await.is_none());
    assert!(try_sign_in(&t, ANN, PASSWORD).await.is_err());
    assert!(try_sign_in(&t, ANN, NEW).await.is_ok());
    for tenant in [t.tenant, blue] {
        let system = Actor::system(tenant);
        let page = engine::audit::list::execute(&t.engine, &system, None, 20).await;
        let lines = page.expect("lists").items;
        let line = lines.iter().find(|l| l.verb == "password_set");
        let line = line.expect("is audited");
        assert_eq!(line.actor_kind, "system");
        assert_eq!(line.subject_id, ann.session.person.to_string());
        assert_eq!(line.data["email"], ANN);
    }
}

#[tokio::test]
async fn none_is_set_that_is_too_short_or_nobody_s() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let set =
        async |email: &str, new: &str| set_password::execute(&t.engine, email, &secret(new)).await;
    assert_eq!(refused(&set(ANN, "short").await), "password");
    let nobody = set("eve@example.com", NEW).await;
    assert!(matches!(nobody, Err(Error::NotFound("person"))));
    let gone = remove::execute(&t.engine, &t.system(), ann.session.person).await;
    assert!(gone.is_ok(), "viewers may go");
    let gone = set(ANN, NEW).await;
    assert!(
        matches!(gone, Err(Error::NotFound("person"))),
        "who belongs nowhere cannot sign in"
    );
}
