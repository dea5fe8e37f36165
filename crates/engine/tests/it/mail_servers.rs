//! A tenant's own mail server: used before the installation's, sealed, and never told.

use domain::list_order::LogOrder;
use domain::mail_state::MailState;
use domain::role::Role;
use engine::keys::activate_tenant_key;
use engine::mails::list::{self, MailQuery};
use engine::ports::MailRefusal;
use engine::settings::mail_server::{self, UsedMailServer};
use engine::settings::{send_test_mail, update};
use engine::{Actor, Error, dashboard, jobs, tenants};
use serde_json::{Value, json};

use crate::settings::person;
use crate::support::TestEngine;

const URL: &str = "smtp://ann:s3cret-of-ann@mail.acme.example:587?tls=required";
const OTHER: &str = "smtps://bob:s3cret-of-bob@other.example";
const SENDER: &str = "Acme <keys@acme.example>";

async fn change(t: &TestEngine, json: Value) -> Result<(), Error> {
    let form = serde_json::from_value(json).expect("a form");
    update::execute(&t.engine, &t.system(), &form).await?;
    Ok(())
}

async fn set(t: &TestEngine, url: &str) {
    let json = json!({ "mailServerUrl": url, "mailSender": SENDER });
    change(t, json).await.expect("is saved");
}

async fn used(t: &TestEngine, actor: &Actor) -> Option<UsedMailServer> {
    let used = mail_server::execute(&t.engine, actor).await;
    used.expect("is read")
}

async fn queue(t: &TestEngine, actor: &Actor) {
    let queued = send_test_mail::execute(&t.engine, actor, "ann@example.com").await;
    queued.expect("is queued");
}

#[tokio::test]
async fn a_tenants_mails_go_over_its_own_server_and_anothers_over_the_installations() {
    let t = TestEngine::start().await;
    let blue = tenants::create::execute(&t.engine, "Blue").await;
    let blue = Actor::system(blue.expect("is created"));
    assert!(used(&t, &t.system()).await.is_some_and(|used| !used.is_own));
    set(&t, URL).await;
    queue(&t, &t.system()).await;
    queue(&t, &blue).await;
    assert_eq!(t.run_due_jobs().await, 2);
    assert_eq!(
        (t.own_servers.at(URL).sent().len(), t.mailer.sent().len()),
        (1, 1)
    );
    let opened = t.own_servers.opened();
    assert!(
        opened
            .iter()
            .all(|o| *o == (URL.to_owned(), SENDER.to_owned()))
    );
    queue(&t, &t.system()).await;
    t.run_due_jobs().await;
    assert_eq!(t.own_servers.opened(), opened, "it stays open");
    let own = used(&t, &t.system()).await.expect("there is one");
    assert_eq!(own.server.host, "mail.acme.example:587");
    assert_eq!((own.server.sender.as_str(), own.is_own), (SENDER, true));
    assert!(used(&t, &blue).await.is_some_and(|used| !used.is_own));
}

#[tokio::test]
async fn another_url_another_sender_and_the_installations_server_count_from_the_next_mail_on() {
    let t = TestEngine::start().await;
    let sent = async || {
        queue(&t, &t.system()).await;
        assert_eq!(t.run_due_jobs().await, 1);
        let own = [URL, OTHER].map(|url| t.own_servers.at(url).sent().len());
        (own[0], own[1], t.mailer.sent().len())
    };
    set(&t, URL).await;
    assert_eq!(sent().await, (1, 0, 0));
    change(&t, json!({ "mailServerUrl": OTHER }))
        .await
        .expect("is saved");
    assert_eq!(sent().await, (1, 1, 0));
    change(&t, json!({ "mailSender": "b@acme.example" }))
        .await
        .expect("is saved");
    assert_eq!(sent().await, (1, 2, 0));
    let last = t.own_servers.opened().pop().expect("was opened");
    assert_eq!(last, (OTHER.to_owned(), "b@acme.example".to_owned()));
    change(&t, json!({ "ownMailServer": false }))
        .await
        .expect("is taken away");
    assert_eq!(sent().await, (1, 2, 1));
    set(&t, URL).await;
    assert_eq!(sent().await, (2, 2, 1));
}

#[tokio::test]
async fn without_any_server_mails_wait_and_saving_one_wakes_them() {
    let t = TestEngine::start_without_mailer().await;
    let no_server = async || {
        let page = dashboard::execute(&t.engine, &t.system(), false).await;
        let page = page.expect("is read");
        let told = page
            .problems
            .iter()
            .any(|p| p.kind.as_str() == "noMailServer");
        assert_eq!(told, !page.checklist.has_mail_server);
        told
    };
    queue(&t, &t.system()).await;
    t.clock.advance_seconds(600);
    assert_eq!(t.run_due_jobs().await, 0);
    assert!(no_server().await);
    assert!(used(&t, &t.system()).await.is_none());
    set(&t, URL).await;
    assert!(!no_server().await);
    assert_eq!(t.run_due_jobs().await, 1);
    assert_eq!(t.own_servers.at(URL).sent().len(), 1);
}

#[tokio::test]
async fn mails_that_a_wrong_server_refused_are_tried_at_once_over_the_next() {
    let t = TestEngine::start().await;
    set(&t, URL).await;
    t.own_servers.at(URL).refuse(MailRefusal {
        is_permanent: false,
        answer: "454 later".into(),
    });
    queue(&t, &t.system()).await;
    for _ in 0..5 {
        assert_eq!(t.run_due_jobs().await, 1);
        t.clock.advance_seconds(7_200);
    }
    t.run_due_jobs().await;
    t.clock.advance_seconds(60);
    assert_eq!(t.run_due_jobs().await, 0, "the next try is hours away");
    set(&t, OTHER).await;
    assert_eq!(t.run_due_jobs().await, 1);
    let query = MailQuery {
        livemode: None,
        state: Some(MailState::Sent),
        recipient: String::new(),
        order: LogOrder::Newest,
        after: None,
        limit: 10,
    };
    let sent = list::execute(&t.engine, &t.system(), &query).await;
    assert_eq!(sent.expect("is listed").items.len(), 1);
    assert_eq!(t.own_servers.at(OTHER).sent().len(), 1);
}

#[tokio::test]
async fn a_server_of_the_tenants_own_outlives_new_tenant_keys() {
    let t = TestEngine::start().await;
    set(&t, URL).await;
    for _ in 0..2 {
        let activated = activate_tenant_key::execute(&t.engine, &t.system()).await;
        activated.expect("is activated");
    }
    change(&t, json!({ "mailSender": "b@acme.example" }))
        .await
        .expect("is saved");
    queue(&t, &t.system()).await;
    let other = t.another().await;
    assert!(jobs::run_next(&other).await.expect("runs"));
    assert_eq!(t.own_servers.at(URL).sent().len(), 1);
    let last = t.own_servers.opened().pop().expect("was opened");
    assert_eq!(last, (URL.to_owned(), "b@acme.example".to_owned()));
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_is_written() {
    let t = TestEngine::start().await;
    for (json, field) in [
        (
            json!({ "mailServerUrl": "mail.acme.example", "mailSender": SENDER }),
            "mailServerUrl",
        ),
        (
            json!({ "mailServerUrl": "smtp://unusable", "mailSender": SENDER }),
            "mailServerUrl",
        ),
        (json!({ "mailServerUrl": URL }), "mailSender"),
        (
            json!({ "mailServerUrl": URL, "mailSender": "Acme", "companyName": "X" }),
            "mailSender",
        ),
        (
            json!({ "mailServerUrl": URL, "mailSender": SENDER, "companyName": " " }),
            "companyName",
        ),
        (json!({ "ownMailServer": true }), "mailServerUrl"),
    ] {
        let Err(Error::Invalid(errors)) = change(&t, json.clone()).await else {
            panic!("should be refused: {json}");
        };
        assert!(errors.message(field).is_some(), "{json}");
        assert!(!format!("{errors:?}").contains("s3cret"));
    }
    assert!(used(&t, &t.system()).await.is_some_and(|used| !used.is_own));
    let name = tenants::list::execute(&t.engine).await.expect("lists");
    assert_eq!(name[0].name, "Acme");
}

#[tokio::test]
async fn the_change_log_tells_host_and_sender_and_no_secret() {
    let t = TestEngine::start().await;
    let newest = async || {
        let page = engine::audit::list::execute(&t.engine, &t.system(), None, 1).await;
        page.expect("lists").items.remove(0)
    };
    set(&t, URL).await;
    let line = newest().await;
    assert_eq!(line.verb, "settings_updated");
    assert_eq!(
        line.data,
        json!({ "mailServer": "mail.acme.example:587", "mailSender": SENDER,
            "mailServerUrlChanged": true })
    );
    change(&t, json!({ "mailServerUrl": "", "mailSender": SENDER }))
        .await
        .expect("nothing");
    assert_eq!(newest().await.id, line.id, "nothing was changed");
    change(&t, json!({ "ownMailServer": false }))
        .await
        .expect("is taken away");
    assert_eq!(
        newest().await.data,
        json!({ "mailServer": "the installation's" })
    );
    let after = newest().await.id;
    change(&t, json!({ "ownMailServer": false }))
        .await
        .expect("nothing");
    assert_eq!(newest().await.id, after, "there was none");
}

#[tokio::test]
async fn whoever_may_not_manage_sees_the_server_and_changes_none() {
    let t = TestEngine::start().await;
    set(&t, URL).await;
    for (role, may_change) in [
        (Role::Owner, true),
        (Role::Admin, true),
        (Role::Support, false),
        (Role::Viewer, false),
    ] {
        let actor = person(&t, role);
        assert!(
            used(&t, &actor).await.is_some_and(|used| used.is_own),
            "{role}"
        );
        let form = json!({ "mailServerUrl": OTHER });
        let form = serde_json::from_value(form).expect("a form");
        let changed = update::execute(&t.engine, &actor, &form).await;
        assert_eq!(changed.is_ok(), may_change, "{role}");
    }
}
