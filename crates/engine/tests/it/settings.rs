//! What a tenant sets about itself, and what follows from it.

use domain::ids::PersonId;
use domain::role::Role;
use domain::settings_form::{SettingsForm, TenantSettings};
use engine::actor::Who;
use engine::settings::{read, send_test_mail, update};
use engine::{Actor, Error, tickets};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::shop::new_product;
use crate::support::TestEngine;

/// Somebody with a role in the first tenant.
pub fn person(t: &TestEngine, role: Role) -> Actor {
    let who = Who::Person {
        id: PersonId::from(Uuid::from_u128(1)),
        email: "ann@example.com".into(),
        role,
        is_operator: false,
    };
    Actor::new(t.tenant, who)
}

async fn change(t: &TestEngine, json: Value) -> Result<TenantSettings, Error> {
    let form: SettingsForm = serde_json::from_value(json).expect("a form");
    update::execute(&t.engine, &t.system(), &form).await
}

#[tokio::test]
async fn settings_change_one_by_one() {
    let t = TestEngine::start().await;
    let read = async || read::execute(&t.engine, &t.system()).await.expect("reads");
    let start = TenantSettings {
        company_name: "Acme".into(),
        support_address: String::new(),
        test_keys_valid: true,
    };
    assert_eq!(read().await, start);
    for (json, expected) in [
        (json!({ "testKeysValid": "false" }), ("Acme", "", false)),
        (
            json!({ "supportAddress": " help@example.com " }),
            ("Acme", "help@example.com", false),
        ),
        (
            json!({ "companyName": "Acme & Co" }),
            ("Acme & Co", "help@example.com", false),
        ),
        (
            json!({ "supportAddress": "", "testKeysValid": true }),
            ("Acme & Co", "", true),
        ),
    ] {
        let changed = change(&t, json).await.expect("changes");
        assert_eq!(changed, read().await);
        let found = (
            changed.company_name.as_str(),
            changed.support_address.as_str(),
            changed.test_keys_valid,
        );
        assert_eq!(found, expected);
    }
    let Err(Error::Invalid(errors)) = change(&t, json!({ "supportAddress": "nobody" })).await
    else {
        panic!("the address should be refused");
    };
    assert!(errors.message("supportAddress").is_some());
}

#[tokio::test]
async fn only_what_changed_stands_in_the_change_log() {
    let t = TestEngine::start().await;
    let newest = async || {
        let page = engine::audit::list::execute(&t.engine, &t.system(), None, 1).await;
        page.expect("lists").items.remove(0)
    };
    let json = json!({ "companyName": "Blue", "testKeysValid": true });
    change(&t, json.clone()).await.expect("changes");
    let line = newest().await;
    assert_eq!(line.verb, "settings_updated");
    assert_eq!(line.data, json!({ "companyName": "Blue" }));
    change(&t, json).await.expect("changes nothing");
    assert_eq!(newest().await.id, line.id, "nothing was changed");
}

#[tokio::test]
async fn support_and_viewers_look_and_change_nothing() {
    let t = TestEngine::start().await;
    for (role, may_change) in [
        (Role::Owner, true),
        (Role::Admin, true),
        (Role::Support, false),
        (Role::Viewer, false),
    ] {
        let actor = person(&t, role);
        assert!(read::execute(&t.engine, &actor).await.is_ok(), "{role}");
        let form = SettingsForm::default();
        let changed = update::execute(&t.engine, &actor, &form).await;
        assert_eq!(changed.is_ok(), may_change, "{role}");
        let sent = send_test_mail::execute(&t.engine, &actor, "ann@example.com").await;
        assert_eq!(sent.is_ok(), may_change, "{role}");
    }
}

#[tokio::test]
async fn a_test_mail_says_that_mails_arrive() {
    let t = TestEngine::start().await;
    let refused = send_test_mail::execute(&t.engine, &t.system(), "ann").await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
    let sent = send_test_mail::execute(&t.engine, &t.system(), "ann@example.com").await;
    sent.expect("is queued");
    assert_eq!(t.run_due_jobs().await, 1);
    let mails = t.mailer.sent();
    assert_eq!(
        (mails[0].to.as_str(), mails[0].subject.as_str()),
        ("ann@example.com", "Mails arrive")
    );
    assert!(mails[0].text.contains("https://licences.example"));
}

#[tokio::test]
async fn a_ticket_is_mailed_to_the_support_address_and_answered_to_its_writer() {
    let t = TestEngine::start().await;
    new_product(&t, &t.system(), json!({ "name": "Studio", "price": 1 })).await;
    let write = async |subject: &str| {
        let form = serde_json::from_value(json!({
            "productName": "Studio", "email": "una@example.com",
            "subject": subject, "message": "Every time.",
        }));
        let form = form.expect("a form");
        let taken = tickets::create::execute(&t.engine, &t.system(), &form).await;
        taken.expect("is taken");
        t.run_due_jobs().await
    };
    assert_eq!(write("Nobody is told").await, 0);
    let json = json!({ "supportAddress": "help@acme.example" });
    change(&t, json).await.expect("changes");
    assert_eq!(write("It stops").await, 1);
    let mail = &t.mailer.sent()[0];
    assert_eq!(mail.to, "help@acme.example");
    assert_eq!(mail.reply_to.as_deref(), Some("una@example.com"));
    assert_eq!(mail.subject, "[Studio] It stops");
}
