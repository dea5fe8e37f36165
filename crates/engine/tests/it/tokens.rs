//! Access tokens: shown once, checked in full, and stopped at once.

use std::str::FromStr;

use domain::ids::AccessTokenId;
use domain::permission::{Permission, Permissions};
use domain::timestamp::Timestamp;
use engine::actor::Who;
use engine::audit;
use engine::tokens::create::{CreatedToken, NewToken};
use engine::tokens::{self, authenticate, create, list, rename, revoke};
use engine::{Actor, Error, Result};
use secrecy::ExposeSecret;

use crate::support::TestEngine;

fn new(permissions: &str, expires_at: Option<Timestamp>) -> NewToken {
    NewToken {
        name: "CI".into(),
        permissions: Permissions::from_str(permissions).expect("known words"),
        expires_at,
    }
}

async fn created(t: &TestEngine, permissions: &str) -> CreatedToken {
    create::execute(&t.engine, &t.system(), &new(permissions, None))
        .await
        .expect("is created")
}

async fn authenticated(t: &TestEngine, token: &str) -> Result<Actor> {
    authenticate::execute(&t.engine, token).await
}

#[tokio::test]
async fn a_token_acts_for_its_tenant_with_its_permissions() {
    let t = TestEngine::start().await;
    let token = created(&t, "verify,generate").await.token;
    let text = token.expose_secret();
    assert!(text.starts_with("exo_at_"), "the prefix names the kind");
    let actor = authenticated(&t, text).await.expect("is valid");
    assert_eq!(actor.tenant(), t.tenant);
    assert!(actor.may(Permission::Generate).is_ok());
    assert!(matches!(
        actor.may(Permission::Manage),
        Err(Error::Forbidden(_))
    ));
}

#[tokio::test]
async fn nothing_but_the_whole_token_is_valid() {
    let t = TestEngine::start().await;
    let token = created(&t, "verify").await.token;
    let other = created(&t, "verify").await.token;
    let text = token.expose_secret();
    let public = text.rsplit_once('_').expect("has two halves").0;
    let others_secret = other.expose_secret().rsplit_once('_').expect("has two").1;
    for wrong in [
        String::new(),
        "exo_at_".into(),
        "exo_at__".into(),
        public.to_owned(),
        format!("{public}_"),
        format!("{public}_{others_secret}"),
        format!("{text}0"),
        text[..text.len() - 1].to_owned(),
        text.to_uppercase(),
        text.replacen("exo_at_", "", 1),
    ] {
        let refused = authenticated(&t, &wrong).await;
        assert!(matches!(refused, Err(Error::Unauthorized(_))), "{wrong}");
    }
}

#[tokio::test]
async fn a_revoked_token_stops_at_once_and_stays_in_the_list() {
    let t = TestEngine::start().await;
    let made = created(&t, "verify").await;
    let text = made.token.expose_secret();
    assert!(authenticated(&t, text).await.is_ok());
    revoke::execute(&t.engine, &t.system(), made.id)
        .await
        .expect("is revoked");
    let refused = authenticated(&t, text).await;
    assert!(matches!(refused, Err(Error::Unauthorized(_))));
    t.clock.advance_seconds(60);
    revoke::execute(&t.engine, &t.system(), made.id)
        .await
        .expect("again changes nothing");
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].revoked_at, Some(crate::support::START));
    assert!(!format!("{all:?}").contains(text));
}

#[tokio::test]
async fn a_renamed_token_goes_on_and_is_told_by_its_new_name() {
    let t = TestEngine::start().await;
    let made = created(&t, "verify,manage").await;
    let text = made.token.expose_secret();
    assert!(authenticated(&t, text).await.is_ok());
    for name in [" Build server ", "Build server"] {
        rename::execute(&t.engine, &t.system(), made.id, name)
            .await
            .expect("is renamed");
    }
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all[0].name, "Build server");
    let actor = authenticated(&t, text).await.expect("is valid");
    assert!(matches!(actor.who(), Who::Token { name, .. } if name == "Build server"));
    let id = made.id.to_string();
    let of = ("access_token", id.as_str());
    let lines = audit::list::by_subject(&t.engine, &t.system(), of).await;
    let lines = lines.expect("is read");
    let verbs: Vec<_> = lines.iter().map(|line| line.verb.as_str()).collect();
    assert_eq!(verbs, ["renamed", "created"], "the same name again is none");
    assert_eq!(lines[0].data["formerName"], "CI");
}

#[tokio::test]
async fn a_token_is_given_no_name_that_it_could_not_have_had_at_first() {
    let t = TestEngine::start().await;
    let made = created(&t, "verify").await;
    for name in ["  ", &"n".repeat(101), "a\nb"] {
        let refused = rename::execute(&t.engine, &t.system(), made.id, name).await;
        let Err(Error::Invalid(errors)) = refused else {
            panic!("{name:?} should be refused");
        };
        assert!(errors.message("name").is_some(), "{errors}");
    }
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all[0].name, "CI");
}

#[tokio::test]
async fn an_expired_token_says_so_to_whoever_has_the_whole_of_it() {
    let t = TestEngine::start().await;
    let end = t.engine.now().plus_days(1);
    let made = create::execute(&t.engine, &t.system(), &new("verify", Some(end)))
        .await
        .expect("is created");
    let text = made.token.expose_secret();
    t.clock.set(end.plus_millis(-1));
    assert!(authenticated(&t, text).await.is_ok());
    t.clock.set(end);
    let message = |refused: Result<Actor>| match refused {
        Err(Error::Unauthorized(message)) => message,
        _ => panic!("the token should be refused"),
    };
    assert!(message(authenticated(&t, text).await).contains("expired"));
    let guess = format!("{}0", &text[..text.len() - 1]);
    if guess != *text {
        assert!(!message(authenticated(&t, &guess).await).contains("expired"));
    }
}

#[tokio::test]
async fn use_is_written_behind_and_at_most_once_a_minute() {
    let t = TestEngine::start().await;
    let token = created(&t, "verify").await.token;
    let text = token.expose_secret();
    for _ in 0..5 {
        let _ = authenticated(&t, text).await.expect("is valid");
    }
    let unwritten = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(unwritten[0].last_used_at, None);
    assert_eq!(tokens::flush(&t.engine).await.expect("flushes"), 1);
    let written = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(written[0].last_used_at, Some(t.engine.now()));
    t.clock.advance_seconds(59);
    let _ = authenticated(&t, text).await.expect("is valid");
    assert_eq!(tokens::flush(&t.engine).await.expect("flushes"), 0);
    t.clock.advance_seconds(1);
    let _ = authenticated(&t, text).await.expect("is valid");
    assert_eq!(tokens::flush(&t.engine).await.expect("flushes"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_use_is_written_after_the_database_went_away() {
    let Some(t) = TestEngine::start_on_postgres().await else {
        return;
    };
    let made = created(&t, "verify").await;
    authenticated(&t, made.token.expose_secret())
        .await
        .expect("is valid");
    let mut other_node = t.engine.db().begin();
    let noted = store::access_tokens::note_used(&mut other_node, t.tenant, made.id, 1).await;
    noted.expect("is noted");
    let engine = t.engine.clone();
    let flushing = tokio::spawn(async move { tokens::flush(&engine).await });
    let database = t.postgres.as_ref().expect("it is on PostgreSQL");
    database.until_waiting(1).await;
    database.end_waiting();
    let failed = flushing.await.expect("ends");
    assert!(failed.is_err(), "its connection was ended");
    drop(other_node);
    assert_eq!(tokens::flush(&t.engine).await.expect("flushes"), 1);
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all[0].last_used_at, Some(t.engine.now()));
}

#[tokio::test]
async fn another_tenants_token_is_not_there() {
    let t = TestEngine::start().await;
    let made = created(&t, "verify").await;
    let other = engine::tenants::create::execute(&t.engine, "Blue")
        .await
        .expect("is created");
    let stranger = Actor::system(other);
    assert_eq!(
        list::execute(&t.engine, &stranger).await.expect("lists"),
        []
    );
    for id in [made.id, AccessTokenId::from(uuid::Uuid::nil())] {
        let refused = revoke::execute(&t.engine, &stranger, id).await;
        assert!(matches!(refused, Err(Error::NotFound("access token"))));
        let refused = rename::execute(&t.engine, &stranger, id, "Mine").await;
        assert!(matches!(refused, Err(Error::NotFound("access token"))));
    }
    assert!(authenticated(&t, made.token.expose_secret()).await.is_ok());
}

#[tokio::test]
async fn no_token_makes_one_that_may_more() {
    let t = TestEngine::start().await;
    let manager = created(&t, "manage,verify").await.token;
    let manager = authenticated(&t, manager.expose_secret())
        .await
        .expect("is valid");
    let fine = create::execute(&t.engine, &manager, &new("verify", None)).await;
    assert!(fine.is_ok());
    let more = create::execute(&t.engine, &manager, &new("verify,generate", None)).await;
    assert!(matches!(more, Err(Error::Forbidden(_))));
    let generator = created(&t, "generate").await.token;
    let generator = authenticated(&t, generator.expose_secret())
        .await
        .expect("is valid");
    let same = create::execute(&t.engine, &generator, &new("generate", None)).await;
    assert!(matches!(same, Err(Error::Forbidden(_))));
    let looked = list::execute(&t.engine, &generator).await;
    assert!(matches!(looked, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_token_stands_beside_its_field() {
    let t = TestEngine::start().await;
    let past = Some(t.engine.now());
    let named = |name: &str| NewToken {
        name: name.into(),
        ..new("verify", None)
    };
    for (wrong, field) in [
        (named("  "), "name"),
        (named(&"n".repeat(101)), "name"),
        (named("a\nb"), "name"),
        (new("", None), "permissions"),
        (new("verify", past), "expiresAt"),
    ] {
        let Err(Error::Invalid(errors)) = create::execute(&t.engine, &t.system(), &wrong).await
        else {
            panic!("{wrong:?} should be refused");
        };
        assert!(errors.message(field).is_some(), "{errors}");
    }
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all, []);
}
