//! The one mail of an order: refused, tried again, never under another Message-ID.

use domain::mail_state::MailState;
use domain::timestamp::Timestamp;
use engine::jobs;
use engine::ports::MailRefusal;
use serde_json::json;

use super::fixture::{COMPLETED, Shop, event};
use crate::support::START;

impl Shop {
    async fn sell(&self, number: u32) {
        let session = self.session(number, json!({}));
        self.deliver(&event(&format!("evt_{number}"), COMPLETED, &session))
            .await;
    }

    fn refuse(&self, is_permanent: bool) {
        self.t.mailer.refuse(MailRefusal {
            is_permanent,
            answer: "451 try again later".into(),
        });
    }

    async fn next_due(&self) -> Option<Timestamp> {
        jobs::next_due(&self.t.engine).await.expect("jobs are read")
    }
}

#[tokio::test]
async fn a_product_without_auto_email_issues_and_sends_nothing() {
    let shop = Shop::open().await;
    shop.change_product(json!({ "sendPurchaseEmail": false }))
        .await;
    shop.sell(1).await;
    assert_eq!(shop.t.run_due_jobs().await, 0);
    assert_eq!(shop.keys().await.len(), 1);
    assert!(shop.mails().await.is_empty());
}

#[tokio::test]
async fn the_mail_is_made_from_the_products_template_with_all_keys() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({ "metadata": { "quantity": "3" } }));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    shop.t.run_due_jobs().await;
    let mails = shop.t.mailer.sent();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "maria@example.com");
    assert_eq!(mails[0].subject, "Your Atlas keys");
    let mut keys: Vec<_> = shop
        .keys()
        .await
        .iter()
        .map(|key| key.activation_key.to_string())
        .collect();
    let mut lines: Vec<_> = mails[0].text.lines().skip(1).map(str::to_owned).collect();
    lines.retain(|line| !line.is_empty());
    keys.sort();
    lines.sort();
    assert_eq!(lines, keys);
}

#[tokio::test]
async fn a_mail_refused_for_a_while_is_sent_later_with_the_same_message_id() {
    let shop = Shop::open().await;
    shop.refuse(false);
    shop.sell(1).await;
    assert_eq!(shop.t.run_due_jobs().await, 1);
    let waiting = shop.mails().await.remove(0);
    assert_eq!(waiting.state, MailState::Retrying);
    assert_eq!(waiting.last_answer, "451 try again later");
    for (seconds, attempts) in [(10, 2), (60, 3), (300, 4)] {
        let due = shop.next_due().await.expect("it is tried again");
        assert_eq!(due, shop.t.engine.now().plus_seconds(seconds));
        assert_eq!(shop.t.run_due_jobs().await, 0, "not before its time");
        shop.t.clock.set(due);
        assert_eq!(shop.t.run_due_jobs().await, 1);
        assert_eq!(shop.mails().await[0].attempts, attempts);
    }
    shop.t.mailer.accept();
    shop.t
        .clock
        .set(shop.next_due().await.expect("it is tried again"));
    assert_eq!(shop.t.run_due_jobs().await, 1);
    assert_eq!(shop.next_due().await, None);
    let sent = shop.t.mailer.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].message_id, waiting.message_id);
    assert_eq!(shop.mails().await[0].state, MailState::Sent);
}

#[tokio::test]
async fn a_mail_that_is_never_taken_ends_as_failed_and_stays_to_be_seen() {
    for (is_permanent, tries) in [(true, 3), (false, 16)] {
        let shop = Shop::open().await;
        shop.refuse(is_permanent);
        shop.sell(1).await;
        shop.t.run_due_jobs().await;
        while let Some(due) = shop.next_due().await {
            shop.t.clock.set(due);
            shop.t.run_due_jobs().await;
        }
        let mail = shop.mails().await.remove(0);
        assert_eq!((mail.state, mail.attempts), (MailState::Failed, tries));
        if !is_permanent {
            let waited = shop.t.engine.now().millis() - START.millis();
            let hours = waited / 3_600_000;
            assert!((48..96).contains(&hours), "about three days, not {hours} h");
        }
        assert_eq!(shop.keys().await.len(), 1, "the keys stay");
    }
}

#[tokio::test]
async fn a_killed_workers_job_is_taken_again_after_its_lease_and_no_sooner() {
    let shop = Shop::open().await;
    shop.sell(1).await;
    let mut tx = shop.t.engine.db().begin();
    let now = shop.t.engine.now();
    let lease = now.plus_seconds(60);
    let killed = store::jobs::claim(&mut tx, now.millis(), lease.millis(), "deliver_mail")
        .await
        .expect("the job is claimed")
        .expect("there is one");
    tx.commit().await.expect("the claim is committed");
    assert_eq!(shop.t.run_due_jobs().await, 0, "somebody has it");
    shop.t.clock.set(lease.plus_millis(1));
    assert_eq!(shop.t.run_due_jobs().await, 1);
    assert_eq!(shop.t.mailer.sent().len(), 1);
    // Should the first worker live after all, its word does not count any more.
    let mut tx = shop.t.engine.db().begin();
    let ended = store::jobs::finish(&mut tx, &killed).await;
    assert!(!ended.expect("it is asked"), "the lease was lost");
}

#[tokio::test]
async fn one_job_is_done_by_one_of_many_hands() {
    let shop = Shop::open().await;
    for number in 1..=10 {
        shop.sell(number).await;
    }
    futures::join!(
        shop.t.run_due_jobs(),
        shop.t.run_due_jobs(),
        shop.t.run_due_jobs(),
        shop.t.run_due_jobs()
    );
    let mut ids: Vec<_> = shop
        .t
        .mailer
        .sent()
        .iter()
        .map(|mail| mail.message_id.clone())
        .collect();
    assert_eq!(ids.len(), 10);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 10, "no mail twice");
}
