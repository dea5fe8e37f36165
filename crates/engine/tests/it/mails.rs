//! The outbox: what went out, sending again, and mending an address.

use domain::ids::MailId;
use domain::list_order::LogOrder;
use domain::mail_state::MailState;
use engine::mails::{MailView, change_address, find, list, resend};
use engine::page::Page;
use engine::ports::MailRefusal;
use engine::{Actor, Error};

use crate::shop::{Shop, second_tenant};
use crate::support::TestEngine;

async fn outbox(t: &TestEngine, actor: &Actor, state: Option<MailState>) -> Page<MailView> {
    let query = list::MailQuery {
        livemode: Some(false),
        state,
        recipient: String::new(),
        order: LogOrder::Newest,
        after: None,
        limit: 50,
    };
    list::execute(&t.engine, actor, &query)
        .await
        .expect("lists")
}

async fn only_mail(t: &TestEngine, actor: &Actor) -> MailView {
    let mut page = outbox(t, actor, None).await;
    assert_eq!(page.items.len(), 1);
    page.items.remove(0)
}

fn conflict_code<T>(result: &Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Conflict { code, .. }) => code,
        _ => panic!("it should be a conflict"),
    }
}

fn refusal(is_permanent: bool) -> MailRefusal {
    MailRefusal {
        is_permanent,
        answer: "450 try later".into(),
    }
}

#[tokio::test]
async fn a_sent_mail_shows_its_log_and_its_body() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 3).await;
    t.run_due_jobs().await;
    let mail = only_mail(&t, &shop.actor).await;
    assert_eq!(mail.state, MailState::Sent);
    assert_eq!(mail.product_name, "Atlas");
    let detail = find::execute(&t.engine, &shop.actor, mail.id)
        .await
        .expect("is found");
    assert_eq!(detail.attempts.len(), 1);
    assert_eq!(detail.attempts[0].answer, "250 OK");
    let sent = t.mailer.sent();
    let body = detail.body.expect("is rendered");
    assert_eq!(
        (&body.subject, &body.text),
        (&sent[0].subject, &sent[0].text)
    );
    assert_eq!(detail.keys_last_four.len(), 3);
    for last_four in detail.keys_last_four {
        assert!(body.text.contains(&last_four));
    }
}

#[tokio::test]
async fn a_mail_is_sent_again_as_a_new_one() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    let first = only_mail(&t, &shop.actor).await;
    let early = resend::execute(&t.engine, &shop.actor, first.id, None).await;
    assert_eq!(conflict_code(&early), "mail_under_way");
    t.run_due_jobs().await;

    t.clock.advance_seconds(1);
    let to = Some(" ann@example.com ");
    let again = resend::execute(&t.engine, &shop.actor, first.id, to)
        .await
        .expect("is queued");
    t.run_due_jobs().await;
    let sent = t.mailer.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].to, "ann@example.com");
    assert_ne!(sent[0].message_id, sent[1].message_id);
    assert_eq!(sent[0].text.lines().nth(4), sent[1].text.lines().nth(4));
    let page = outbox(&t, &shop.actor, Some(MailState::Sent)).await;
    let ordinals: Vec<_> = page.items.iter().map(|m| (m.id, m.ordinal)).collect();
    assert_eq!(ordinals, [(again, 1), (first.id, 0)]);
}

#[tokio::test]
async fn the_change_log_tells_of_the_resend_but_not_the_address() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    t.run_due_jobs().await;
    let mail = only_mail(&t, &shop.actor).await;
    let again = resend::execute(&t.engine, &shop.actor, mail.id, Some("ann@example.com"))
        .await
        .expect("is queued");
    let id = mail.id.to_string();
    let changes = engine::audit::list::by_subject(&t.engine, &shop.actor, ("mail", &id))
        .await
        .expect("lists");
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].verb, "resent");
    let data = changes[0].data.to_string();
    assert!(
        data.contains(&again.to_string()) && !data.contains('@'),
        "{data}"
    );
}

#[tokio::test]
async fn an_unsent_mail_goes_to_the_mended_address_under_its_own_id() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    t.mailer.refuse(refusal(false));
    shop.sell(&t, 1, 1).await;
    t.run_due_jobs().await;
    let mail = only_mail(&t, &shop.actor).await;
    assert_eq!(mail.state, MailState::Retrying);
    t.mailer.accept();
    change_address::execute(&t.engine, &shop.actor, mail.id, "ann@example.com")
        .await
        .expect("is changed");
    t.run_due_jobs().await;
    let sent = t.mailer.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].to.as_str(), &sent[0].message_id),
        ("ann@example.com", &mail.message_id)
    );
    let late = change_address::execute(&t.engine, &shop.actor, mail.id, "bob@example.com").await;
    assert_eq!(conflict_code(&late), "mail_sent");
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_tried_anew_at_the_mended_address() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    t.mailer.refuse(refusal(true));
    shop.sell(&t, 1, 1).await;
    while t.run_due_jobs().await > 0 {
        t.clock.advance_seconds(3_600);
    }
    let mail = only_mail(&t, &shop.actor).await;
    assert_eq!(mail.state, MailState::Failed);
    t.mailer.accept();
    change_address::execute(&t.engine, &shop.actor, mail.id, "ann@example.com")
        .await
        .expect("is changed");
    assert_eq!(t.run_due_jobs().await, 1);
    assert_eq!(only_mail(&t, &shop.actor).await.state, MailState::Sent);
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_no_new_mail_and_may_go_to_its_own_address_once_more() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    t.mailer.refuse(refusal(true));
    shop.sell(&t, 1, 1).await;
    while t.run_due_jobs().await > 0 {
        t.clock.advance_seconds(3_600);
    }
    let mail = only_mail(&t, &shop.actor).await;
    assert!(mail.can_change_address() && !mail.can_resend());
    let again = resend::execute(&t.engine, &shop.actor, mail.id, None).await;
    assert_eq!(conflict_code(&again), "mail_failed");
    t.mailer.accept();
    change_address::execute(&t.engine, &shop.actor, mail.id, &mail.recipient)
        .await
        .expect("is queued anew");
    assert_eq!(only_mail(&t, &shop.actor).await.state, MailState::Queued);
    assert_eq!(t.run_due_jobs().await, 1);
    let sent = t.mailer.sent();
    assert_eq!((sent.len(), &sent[0].message_id), (1, &mail.message_id));
    let id = mail.id.to_string();
    let changes = engine::audit::list::by_subject(&t.engine, &shop.actor, ("mail", &id))
        .await
        .expect("lists");
    assert_eq!(changes[0].verb, "requeued");
}

#[tokio::test]
async fn a_wrong_address_is_refused_beside_its_field() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    let mail = only_mail(&t, &shop.actor).await;
    let refused = change_address::execute(&t.engine, &shop.actor, mail.id, "ann").await;
    let Err(Error::Invalid(errors)) = refused else {
        panic!("it should be refused");
    };
    assert!(errors.message("email").is_some());
    assert_eq!(only_mail(&t, &shop.actor).await.recipient, mail.recipient);
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    for number in 1..=5 {
        shop.sell(&t, number, 1).await;
    }
    let seen = async |order: LogOrder| {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let query = list::MailQuery {
                livemode: None,
                state: Some(MailState::Queued),
                recipient: String::new(),
                order,
                after,
                limit: 2,
            };
            let page = list::execute(&t.engine, &shop.actor, &query).await;
            let page = page.expect("lists");
            seen.extend(page.items.iter().map(|mail| mail.recipient.clone()));
            after = page.after;
            if after.is_none() {
                return seen;
            }
        }
    };
    let newest = seen(LogOrder::Newest).await;
    let mut seen = seen(LogOrder::Oldest).await;
    assert!(newest.iter().eq(seen.iter().rev()));
    seen.sort();
    let all: Vec<_> = (1..=5).map(|n| format!("Buyer{n}@example.com")).collect();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn another_tenants_mail_does_not_exist() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    t.run_due_jobs().await;
    let id: MailId = only_mail(&t, &shop.actor).await.id;
    let stranger = second_tenant(&t).await;
    let found = find::execute(&t.engine, &stranger, id).await;
    assert!(matches!(found, Err(Error::NotFound("mail"))));
    let again = resend::execute(&t.engine, &stranger, id, None).await;
    assert!(matches!(again, Err(Error::NotFound("mail"))));
    let changed = change_address::execute(&t.engine, &stranger, id, "a@b.example").await;
    assert!(matches!(changed, Err(Error::NotFound("mail"))));
    assert!(outbox(&t, &stranger, None).await.items.is_empty());
}
