//! The second factor: turned on by a first right code, asked for at the door, and what helps where it
//! is lost.

use data_encoding::BASE32_NOPAD;
use domain::role::Role;
use engine::accounts::change_password::{self, NewPassword};
use engine::accounts::second_factor::{begin, confirm, show, turn_off};
use engine::accounts::session::SignedIn;
use engine::accounts::sign_in::{Entered, NewlySignedIn, waits_for_code, with_code};
use engine::people::end_second_factor;
use engine::{Error, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha1::Sha1;

use crate::accounts::{HOME, PASSWORD, STRANGER, create, enter, secret, token, who};
use crate::support::TestEngine;

const ANN: &str = "ann@example.com";

/// Somebody with an authenticator app.
struct App {
    secret: Vec<u8>,
}

impl App {
    /// What the app shows at this moment (RFC 6238).
    fn code(&self, t: &TestEngine) -> String {
        let step = t.engine.now().unix_seconds() / 30;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).expect("any length");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let four: [u8; 4] = hash[at..at + 4].try_into().expect("four bytes");
        let number = u32::from_be_bytes(four) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

async fn ann(t: &TestEngine) -> SignedIn {
    let _ = create(t, ANN, Role::Owner).await;
    let token = token(t, ANN).await;
    who(t, &token).await.expect("is signed in")
}

async fn with_app(t: &TestEngine, ann: &SignedIn) -> App {
    begin(&t.engine, ann).await.expect("begins");
    let view = show(&t.engine, ann).await.expect("shows");
    let waiting = view.waiting.expect("waits");
    let text = waiting.secret.expose_secret();
    assert!(waiting.url.expose_secret().contains(text));
    let secret = BASE32_NOPAD.decode(text.as_bytes()).expect("base32");
    App { secret }
}

async fn turned_on(t: &TestEngine, ann: &SignedIn) -> (App, Vec<SecretString>) {
    let app = with_app(t, ann).await;
    let code = secret(&app.code(t));
    let codes = confirm(&t.engine, ann, (&code, HOME)).await;
    (app, codes.expect("is on"))
}

/// The pass that a right password gives.
async fn pass(t: &TestEngine) -> String {
    match enter(t, (ANN, PASSWORD), STRANGER).await.expect("is right") {
        Entered::CodeWanted(wanted) => wanted.pass.expose_secret().to_owned(),
        Entered::SignedIn(_) => panic!("a code should be asked for"),
    }
}

async fn step_two(t: &TestEngine, pass: &str, code: &str) -> Result<NewlySignedIn> {
    with_code(&t.engine, (pass, &secret(code)), &STRANGER).await
}

#[tokio::test]
async fn it_is_asked_for_once_a_first_right_code_has_turned_it_on() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let app = with_app(&t, &ann).await;
    let entered = enter(&t, (ANN, PASSWORD), STRANGER).await;
    assert!(matches!(entered, Ok(Entered::SignedIn(_))), "not yet on");
    let wrong = confirm(&t.engine, &ann, (&secret("000000"), HOME)).await;
    assert!(matches!(wrong, Err(Error::Invalid(_))));
    let code = secret(&app.code(&t));
    let codes = confirm(&t.engine, &ann, (&code, HOME))
        .await
        .expect("is on");
    assert_eq!(codes.len(), 10);
    let view = show(&t.engine, &ann).await.expect("shows");
    assert_eq!((view.since, view.codes_left), (Some(t.engine.now()), 10));
    assert!(view.waiting.is_none(), "the secret is shown no more");
    let pass = pass(&t).await;
    assert!(step_two(&t, &pass, "000000").await.is_err());
    t.clock.advance_seconds(30);
    let opened = step_two(&t, &pass, &app.code(&t)).await.expect("is in");
    assert!(who(&t, opened.token.expose_secret()).await.is_some());
    assert!(matches!(
        begin(&t.engine, &ann).await,
        Err(Error::Conflict { .. })
    ));
}

#[tokio::test]
async fn a_code_opens_once_and_the_first_one_is_used_up_by_turning_on() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let (app, _) = turned_on(&t, &ann).await;
    let pass = pass(&t).await;
    assert!(step_two(&t, &pass, &app.code(&t)).await.is_err());
    t.clock.advance_seconds(30);
    let code = app.code(&t);
    assert!(step_two(&t, &pass, &code).await.is_ok());
    assert!(step_two(&t, &pass, &code).await.is_err());
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let (_, codes) = turned_on(&t, &ann).await;
    let pass = pass(&t).await;
    let code = codes[3].expose_secret().to_uppercase().replace('-', " ");
    assert!(step_two(&t, &pass, &code).await.is_ok());
    assert!(step_two(&t, &pass, &code).await.is_err());
    let view = show(&t.engine, &ann).await.expect("shows");
    assert_eq!(view.codes_left, 9);
    for file in t.database_files() {
        let bytes = std::fs::read(file).unwrap_or_default();
        let text = codes[4].expose_secret().as_bytes();
        assert!(!bytes.windows(text.len()).any(|w| w == text));
    }
}

#[tokio::test]
async fn the_way_to_the_second_step_holds_five_minutes_and_cannot_be_made_up() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let (app, _) = turned_on(&t, &ann).await;
    let pass = pass(&t).await;
    for made_up in ["", "x", &pass[1..], &format!("{pass}A")] {
        let refused = step_two(&t, made_up, &app.code(&t)).await;
        assert!(matches!(refused, Err(Error::Unauthorized(_))), "{made_up}");
    }
    t.clock.advance_seconds(300);
    let refused = step_two(&t, &pass, &app.code(&t)).await;
    assert!(matches!(refused, Err(Error::Unauthorized(_))));
}

#[tokio::test]
async fn the_way_to_the_second_step_ends_with_the_password_that_it_was_given_for() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let (app, _) = turned_on(&t, &ann).await;
    let pass = pass(&t).await;
    t.clock.advance_seconds(30);
    assert!(waits_for_code(&t.engine, &pass).await.expect("looks"));
    let wish = NewPassword {
        current: &secret(PASSWORD),
        new: &secret("another horse battery"),
        address: HOME,
        browser_pass: None,
    };
    let changed = change_password::execute(&t.engine, &ann, &wish).await;
    assert!(changed.is_ok(), "the current password suffices");
    assert!(!waits_for_code(&t.engine, &pass).await.expect("looks"));
    let refused = step_two(&t, &pass, &app.code(&t)).await;
    assert!(matches!(refused, Err(Error::Unauthorized(_))));
}

#[tokio::test]
async fn codes_cannot_be_tried_at_will() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let (app, _) = turned_on(&t, &ann).await;
    let pass = pass(&t).await;
    for _ in 0..10 {
        let refused = step_two(&t, &pass, "000000").await;
        assert!(matches!(refused, Err(Error::Invalid(_))));
    }
    t.clock.advance_seconds(30);
    let refused = step_two(&t, &pass, &app.code(&t)).await;
    assert!(matches!(refused, Err(Error::TooMany { .. })));
}

#[tokio::test]
async fn it_is_turned_off_by_the_password_or_a_code_and_by_nothing_else() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let off = async |proof: &str| turn_off(&t.engine, &ann, (&secret(proof), HOME)).await;
    let (_, codes) = turned_on(&t, &ann).await;
    for wrong in ["", "000000", "another password"] {
        assert!(
            matches!(off(wrong).await, Err(Error::Invalid(_))),
            "{wrong}"
        );
    }
    assert!(off(PASSWORD).await.is_ok());
    let stale = off(codes[0].expose_secret()).await;
    assert!(matches!(stale, Err(Error::Invalid(_))), "codes go with it");
    t.clock.advance_seconds(60);
    let (app, _) = turned_on(&t, &ann).await;
    t.clock.advance_seconds(30);
    assert!(off(&app.code(&t)).await.is_ok());
    let entered = enter(&t, (ANN, PASSWORD), STRANGER).await;
    assert!(matches!(entered, Ok(Entered::SignedIn(_))));
}

#[tokio::test]
async fn an_owner_takes_it_off_a_member_who_lost_everything() {
    let t = TestEngine::start().await;
    let ann = ann(&t).await;
    let _ = turned_on(&t, &ann).await;
    let _ = create(&t, "bob@example.com", Role::Owner).await;
    let bob = token(&t, "bob@example.com").await;
    let bob = who(&t, &bob).await.expect("is signed in").actor;
    let person = ann.session.person;
    end_second_factor::execute(&t.engine, &bob, person)
        .await
        .expect("is taken off");
    let entered = enter(&t, (ANN, PASSWORD), STRANGER).await;
    assert!(matches!(entered, Ok(Entered::SignedIn(_))));
    let none = end_second_factor::execute(&t.engine, &bob, person).await;
    assert!(matches!(none, Err(Error::NotFound("second factor"))));
    let page = engine::audit::list::execute(&t.engine, &bob, None, 20).await;
    let lines = page.expect("lists").items;
    let line = lines.iter().find(|l| l.verb == "second_factor_taken_off");
    assert_eq!(line.expect("is audited").actor_name, "bob@example.com");
}

#[tokio::test]
async fn an_owner_does_not_weaken_the_door_of_another_company() {
    let t = TestEngine::start().await;
    let _ = create(&t, "operator@example.com", Role::Owner).await;
    let ann = ann(&t).await;
    let _ = turned_on(&t, &ann).await;
    let blue = engine::tenants::create::execute(&t.engine, "Blue").await;
    let blue = blue.expect("is created");
    let new = engine::accounts::create_admin::NewAdmin {
        tenant: blue,
        email: ANN,
        role: Role::Viewer,
        password: &secret(PASSWORD),
    };
    let joined = engine::accounts::create_admin::execute(&t.engine, &new).await;
    assert!(joined.is_ok());
    let _ = create(&t, "bob@example.com", Role::Owner).await;
    let bob = token(&t, "bob@example.com").await;
    let bob = who(&t, &bob).await.expect("is signed in").actor;
    let person = ann.session.person;
    let refused = end_second_factor::execute(&t.engine, &bob, person).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    let nobody = end_second_factor::by_email(&t.engine, "eve@example.com").await;
    assert!(matches!(nobody, Err(Error::NotFound("person"))));
    let operator = end_second_factor::by_email(&t.engine, " ANN@example.com ").await;
    assert!(operator.is_ok());
    let entered = enter(&t, (ANN, PASSWORD), STRANGER).await;
    assert!(matches!(entered, Ok(Entered::SignedIn(_))));
}
